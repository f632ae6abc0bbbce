/* The PS/2 keyboard behind an 8042 controller, interrupt 1. */
#pragma once

#include "servers/console/scancode.h"

enum { KEYBOARD_IRQ = 1 };

struct keyboard {
	bool present;
	struct scancode decoder;
	uint8_t bytes[SCANCODE_BYTES_MAX]; /* what the last code yielded */
	unsigned count, next;              /* bytes in it, bytes given out */
};

/* Finds the controller and sets it up. Never hangs; keyboard->present says whether it is there. */
void keyboard_init(struct keyboard *keyboard);

/* The next byte typed into *byte, or false. To be called until false after each interrupt: the
 * controller is empty then, so the next key makes an edge. */
bool keyboard_next(struct keyboard *keyboard, uint8_t *byte);
