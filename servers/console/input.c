/* Type-ahead: keys wait here, not yet shown, until a reader comes for them. */

#include "servers/console/input.h"

enum { CTRL_C = 0x03 };

void input_init(struct input *input)
{
	input->after_return = false;
	input->losing = false;
	ring_init(&input->typed, input->typed_bytes, INPUT_RING_SIZE);
}

enum input_event input_put(struct input *input, uint8_t byte)
{
	bool completes_pair = input->after_return && byte == '\n';

	input->after_return = byte == '\r';
	if (completes_pair) {
		return INPUT_IGNORED;
	}
	if (byte == CTRL_C) {
		return INPUT_INTERRUPT;
	}
	if (byte == INPUT_GAP) {
		return INPUT_IGNORED;
	}
	if (ring_free(&input->typed) <= 1) { /* the last place is for the gap */
		bool first = !input->losing;

		if (first && ring_free(&input->typed) == 1) {
			ring_put(&input->typed, INPUT_GAP);
		}
		input->losing = true;
		return first ? INPUT_LOST : INPUT_IGNORED;
	}
	input->losing = false;
	ring_put(&input->typed, byte == '\r' ? '\n' : byte);
	return INPUT_KEPT;
}

bool input_take(struct input *input, uint8_t *byte)
{
	return ring_take(&input->typed, byte);
}

bool input_peek(const struct input *input, uint8_t *byte)
{
	return ring_peek(&input->typed, byte);
}

void input_flush(struct input *input)
{
	input->typed.taken = input->typed.put;
}
