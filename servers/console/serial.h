/* The first serial port: a 16550 at 0x3f8, interrupt 4, 115200 baud, 8N1. */
#pragma once

#include "servers/console/out.h"
#include "servers/console/ring.h"

enum { SERIAL_IRQ = 4, SERIAL_EARLY_SIZE = 256 };

struct serial {
	bool present;
	struct ring early; /* what serial_init found in the receiver */
	uint8_t early_bytes[SERIAL_EARLY_SIZE];
	uint8_t fifo_depth;      /* bytes that the transmitter takes at once */
	uint8_t enabled;         /* what the interrupt enable register holds */
	struct console_out *out; /* not yet given to the transmitter */
};

/* Finds the port and sets it up; received bytes that already wait in it are kept, and so is what
 * waits in *out to be sent. serial->present says whether it is there. */
void serial_init(struct serial *serial, struct console_out *out);

/* Bytes that can be queued now. Without a port everything is taken and forgotten. */
uint32_t serial_room(const struct serial *serial);

/* Writes a byte as it is, `at` places behind the last one queued. The caller has seen serial_room()
 * > at. */
void serial_write_ahead(struct serial *serial, uint32_t at, uint8_t byte);
/* Where the queue ends with n bytes written ahead, for serial_has_sent and kept_note_write. */
uint32_t serial_mark_ahead(const struct serial *serial, uint32_t n);
/* Queues n bytes that were written ahead. */
void serial_commit(struct serial *serial, uint32_t n);

/* Gives queued bytes to the transmitter as far as it takes them; its interrupt asks for
 * the rest. Never waits. */
void serial_transmit(struct serial *serial);

/* The next received byte into *byte, or false. To be called until false after each interrupt:
 * it then has served every cause, so the line is low and the next cause makes an edge. */
bool serial_next(struct serial *serial, uint8_t *byte);

/* A mark for what is queued so far; serial_has_sent says whether all of it has left the machine. */
uint32_t serial_mark(const struct serial *serial);
bool serial_has_sent(const struct serial *serial, uint32_t mark);
