/* PS/2 scan codes, set 1, to the bytes that a terminal would send. US layout. */
#pragma once

#include "kernel/abi/types.h"

enum { SCANCODE_BYTES_MAX = 4 };

struct scancode {
	bool left_shift, right_shift;
	bool left_ctrl, right_ctrl;
	bool caps_lock;
	bool extended; /* after 0xe0 */
	uint8_t skip;  /* codes of the Pause key still to come */
};

/* Takes one code; returns how many bytes it yields, 0..SCANCODE_BYTES_MAX, in bytes[]. Cursor
 * keys yield a VT100's sequences, Enter yields '\n'. */
unsigned scancode_decode(struct scancode *state, uint8_t code, uint8_t bytes[SCANCODE_BYTES_MAX]);
