/* The memory that outlives a console. It may have been left in the middle of anything but a single
 * store, and by a console with a bug: each part of it is used only if it makes sense. (After a
 * crash, other than a kill, procmgr clears it.) */
#include "servers/console/kept.h"

#include "kernel/abi/env.h"
#include "libsys/string.h"
#include "servers/console/out.h"

enum { KEPT_VALID = 0x4B455054 };

static bool is_part_of_text(const struct kept *kept, uint32_t mark)
{
	return (int32_t)(kept->out.put - mark) >= 0;
}

/* Forgets the write that a former console noted and did not come to commit: what we print would
 * pass its mark. */
static void drop_unfinished(struct kept *kept)
{
	for (unsigned i = 0; i < NENV; i++) {
		if (!is_part_of_text(kept, kept->writes[i].mark)) {
			kept->writes[i].client = 0;
		}
	}
}

static bool input_makes_sense(const struct input *input)
{
	const struct ring *typed = &input->typed;

	return typed->bytes == input->typed_bytes && typed->size == INPUT_RING_SIZE &&
	       ring_used(typed) <= INPUT_RING_SIZE;
}

void kept_open(struct kept *kept)
{
	if (kept->valid != KEPT_VALID) {
		memset(kept, 0, sizeof(*kept));
	}
	if (out_used(&kept->out) > CONSOLE_OUT_SIZE) {
		kept->out.taken = kept->out.put;
	}
	if (!input_makes_sense(&kept->input)) {
		input_init(&kept->input);
	}
	drop_unfinished(kept);
	kept->valid = KEPT_VALID;
}

/* Until all three are stored, the record is of no write, or of one that `put` has not reached. */
void kept_note_write(struct kept *kept, envid_t client, uint32_t number, uint32_t mark)
{
	struct console_write *write = &kept->writes[ENV_SLOT(client)];

	write->client = 0;
	out_order();
	write->number = number;
	write->mark = mark;
	out_order();
	write->client = client;
}

bool kept_has_write(const struct kept *kept, envid_t client, uint32_t number)
{
	const struct console_write *write = &kept->writes[ENV_SLOT(client)];

	return number != 0 && write->client == client && write->number == number &&
	       is_part_of_text(kept, write->mark);
}
