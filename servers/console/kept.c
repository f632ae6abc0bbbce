/* The memory that outlives a console. It may have been left in the middle of anything but a single
 * store, and by a console with a bug: nothing in it is used before it is found to make sense. (After a
 * crash, other than a kill, procmgr clears it.) */
#include "servers/console/kept.h"

#include "kernel/abi/env.h"
#include "servers/console/out.h"

enum { KEPT_VALID = 0x4B455054 };

static bool makes_sense(const struct kept *kept)
{
	const struct ring *typed = &kept->input.typed;

	return kept->valid == KEPT_VALID && out_used(&kept->out) <= CONSOLE_OUT_SIZE &&
	       typed->bytes == kept->input.typed_bytes && typed->size == INPUT_RING_SIZE &&
	       ring_used(typed) <= INPUT_RING_SIZE && vga_makes_sense(&kept->vga);
}

bool kept_open(struct kept *kept)
{
	if (makes_sense(kept)) {
		return true;
	}
	kept->valid = 0;
	kept->out.taken = kept->out.put;
	input_init(&kept->input);
	kept->foreground = 0;
	kept->interrupt_waits = false;
	out_order();
	kept->valid = KEPT_VALID;
	return false;
}

/* Until all three are stored, the record is of no write, or of one that `put` has not reached. */
void kept_note_write(struct kept *kept, envid_t client, uint32_t number, uint32_t mark)
{
	__typeof__(&kept->writes[0]) write = &kept->writes[ENV_SLOT(client)];

	write->client = 0;
	out_order();
	write->number = number;
	write->mark = mark;
	out_order();
	write->client = client;
}

bool kept_has_write(const struct kept *kept, envid_t client, uint32_t number)
{
	__typeof__(&kept->writes[0]) write = &kept->writes[ENV_SLOT(client)];

	return number != 0 && write->client == client && write->number == number &&
	       (int32_t)(kept->out.put - write->mark) >= 0;
}
