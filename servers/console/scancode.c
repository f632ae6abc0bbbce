/* Scan codes, set 1, as the keyboard controller's translation delivers them: a code below 0x80 is
 * a key going down, with bit 7 the same key going up, 0xe0 announces a key of the extended
 * keyboard, 0xe1 the Pause key (which sends two more codes down and up, and nothing we want). */

#include "servers/console/scancode.h"

#include "libsys/string.h"

enum {
	CODE_CTRL = 0x1D,
	CODE_LEFT_SHIFT = 0x2A,
	CODE_SLASH = 0x35,
	CODE_RIGHT_SHIFT = 0x36,
	CODE_CAPS_LOCK = 0x3A,
	CODE_ENTER = 0x1C,
	CODE_UP = 0x80, /* bit 7: released */
	CODE_EXTENDED = 0xE0,
	CODE_PAUSE = 0xE1,
	PAUSE_CODES = 2, /* codes after each 0xe1 */
};

/* Index: code. 0: nothing. Codes 0x47..0x53 are the keypad. */
static const char plain[] = "\0\033"
			    "1234567890-=\b\t"
			    "qwertyuiop[]\n\0"
			    "asdfghjkl;'`\0\\"
			    "zxcvbnm,./\0*\0 "
			    "\0\0\0\0\0\0\0\0\0\0\0\0\0"
			    "789-456+1230.";

static const char shifted[] = "\0\033"
			      "!@#$%^&*()_+\b\t"
			      "QWERTYUIOP{}\n\0"
			      "ASDFGHJKL:\"~\0|"
			      "ZXCVBNM<>?\0*\0 "
			      "\0\0\0\0\0\0\0\0\0\0\0\0\0"
			      "789-456+1230.";

_Static_assert(sizeof(plain) == 0x53 + 2 && sizeof(shifted) == sizeof(plain), "codes 0..0x53");

struct sequence {
	uint8_t code;
	char bytes[SCANCODE_BYTES_MAX + 1];
};

static const struct sequence extended_keys[] = {
	{0x48, "\033[A"},  {0x50, "\033[B"},   {0x4D, "\033[C"},
	{0x4B, "\033[D"},  {0x47, "\033[H"},   {0x4F, "\033[F"},
	{0x53, "\033[3~"}, {CODE_ENTER, "\n"}, {CODE_SLASH, "/"},
};

static unsigned decode_extended(uint8_t code, uint8_t *bytes)
{
	for (size_t i = 0; i < sizeof(extended_keys) / sizeof(extended_keys[0]); i++) {
		if (extended_keys[i].code == code) {
			size_t length = strlen(extended_keys[i].bytes);

			memcpy(bytes, extended_keys[i].bytes, length);
			return length;
		}
	}
	return 0;
}

/* Follows the shift, control and caps lock keys; true if the code was one of them. */
static bool decode_modifier(struct scancode *state, uint8_t key, bool down, bool extended)
{
	switch (key) {
	case CODE_CTRL: *(extended ? &state->right_ctrl : &state->left_ctrl) = down; return true;
	case CODE_LEFT_SHIFT:
	case CODE_RIGHT_SHIFT:
		/* Extended: made up by the keyboard around the cursor keys. */
		if (!extended) {
			*(key == CODE_LEFT_SHIFT ? &state->left_shift : &state->right_shift) = down;
		}
		return true;
	case CODE_CAPS_LOCK: state->caps_lock ^= down && !extended; return true;
	}
	return false;
}

static unsigned decode_plain(const struct scancode *state, uint8_t code, uint8_t *bytes)
{
	bool shift = state->left_shift || state->right_shift;
	char c;

	if (code >= sizeof(plain) - 1) {
		return 0;
	}
	if (state->caps_lock && plain[code] >= 'a' && plain[code] <= 'z') {
		shift = !shift;
	}
	c = shift ? shifted[code] : plain[code];
	if ((state->left_ctrl || state->right_ctrl) && c >= '@' && c < 0x7F) {
		c &= 0x1F;
	}
	bytes[0] = (uint8_t)c;
	return c != 0;
}

unsigned scancode_decode(struct scancode *state, uint8_t code, uint8_t bytes[SCANCODE_BYTES_MAX])
{
	bool extended = state->extended;
	bool down = !(code & CODE_UP);

	if (state->skip > 0) {
		state->skip--;
		return 0;
	}
	state->extended = code == CODE_EXTENDED;
	if (code == CODE_PAUSE) {
		state->skip = PAUSE_CODES;
	}
	if (code == CODE_EXTENDED || code == CODE_PAUSE) {
		return 0;
	}
	if (decode_modifier(state, code & ~CODE_UP, down, extended) || !down) {
		return 0;
	}
	return extended ? decode_extended(code, bytes) : decode_plain(state, code, bytes);
}
