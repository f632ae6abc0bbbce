/* What was typed and not read yet. */
#pragma once

#include "servers/console/ring.h"

enum {
	INPUT_RING_SIZE = 4096,
	INPUT_GAP =
		0, /* stands where bytes were lost; the key that would be 0, Ctrl-@, is ignored */
};

enum input_event {
	INPUT_KEPT,
	INPUT_IGNORED,
	INPUT_LOST,      /* the ring is full, the first byte that did not fit */
	INPUT_INTERRUPT, /* Ctrl-C, which is not kept but acts at once */
};

struct input {
	bool after_return; /* the last byte was '\r': a '\n' now belongs to it */
	bool losing;       /* bytes were lost since one was last kept */
	struct ring typed; /* lines end with '\n' here */
	uint8_t typed_bytes[INPUT_RING_SIZE];
};

void input_init(struct input *input);

/* Takes a byte as it was typed. "\r" and "\r\n" become '\n'. */
enum input_event input_put(struct input *input, uint8_t byte);

/* The oldest byte typed into *byte, or false. */
bool input_take(struct input *input, uint8_t *byte);

/* The same, and the byte stays. */
bool input_peek(const struct input *input, uint8_t *byte);

/* Forgets all that was typed. */
void input_flush(struct input *input);
