/* What a console leaves to the next when it is killed: text not sent yet and whose it was, the
 * screen, keys typed ahead. Whose the keys are knows procmgr. The line being edited is not among
 * it, nor are the clients that wait: they ask again. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "protocols/console.h"
#include "servers/console/input.h"
#include "servers/console/vga.h"

struct kept {
	struct console_out out; /* first, as in struct console_kept: procmgr looks at these two */
	struct console_write writes[NENV];
	uint32_t valid; /* KEPT_VALID: a console was here */
	struct input input;
	struct vga vga;
	bool interrupt_waits; /* a Ctrl-C has ended neither process nor line yet */
};
_Static_assert(sizeof(struct kept) <= CONSOLE_KEPT_PAGES * PGSIZE, "fits its pages");
_Static_assert(offsetof(struct kept, out) == offsetof(struct console_kept, out) &&
                       offsetof(struct kept, writes) == offsetof(struct console_kept, writes),
               "procmgr looks here");

/* To be called first: makes what is there ready to go on with, but for the screen. */
void kept_open(struct kept *kept);

/* Notes that the client's write becomes part of the text when `put` reaches `mark`. */
void kept_note_write(struct kept *kept, envid_t client, uint32_t number, uint32_t mark);
/* Whether this write of the client's was accepted, by this console or a former one. Number 0: not
 * known. */
bool kept_has_write(const struct kept *kept, envid_t client, uint32_t number);
