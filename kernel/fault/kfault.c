/* Fault path `kernel` (optional: linked with KFAULT=1): copy on write, zero fill, stack growth in
 * the kernel, as in a monolithic system, so that it can be measured beside the other paths. The one
 * file of the kernel that knows what user level writes into page-table entries, and it decides by
 * them as libsys/paging.c does:
 *
 *     entry                                   access   action
 *     absent, PTE_ZERO_FILL                   any      zero page
 *     absent, 0, in the stack's range         any      zero page
 *     present, read only, PTE_COW             write    copy, or keep if nobody else has it
 *     allows the access by now                         none: run again
 *     anything else                                    the pager is asked, as on path `ipc`
 *
 * What fails, for lack of memory or the limit, is left to the pager too, which says why the env
 * must end. */
#include "kernel/base/debug.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/env.h"
#include "kernel/fault/fault.h"
#include "kernel/memory/place.h"

/* A page of its own in the slot: a copy of the one at `source`, or zeros if that is NULL. */
static inline bool place_own_page(struct space *space, vaddr_t va, pte_t *slot, const pte_t *source,
                                  pte_t soft)
{
	bool placed = (*slot & PTE_P || space_room(space)) &&
	              place_frame(space, va, slot, source, soft | PTE_W) == OK;

	space_settle(space);
	return placed;
}

static bool break_cow(struct space *space, vaddr_t va, pte_t *slot)
{
	pte_t soft = *slot & PTE_SOFT & ~PTE_COW;

	if (frame_refs(PTE_ADDR(*slot)) == 1) {
		*slot = PTE_ADDR(*slot) | soft | PTE_P | PTE_U | PTE_W;
		space->info->faults.kept++;
	} else if (!place_own_page(space, va, slot, slot, soft)) {
		return false;
	}
	space->info->faults.done[FAULT_COPY]++;
	return true;
}

static bool fill_absent(struct space *space, vaddr_t va, pte_t *slot, bool grows)
{
	bool marked = *slot == PTE_ZERO_FILL;

	if (!(marked || (*slot == 0 && grows)) || !place_own_page(space, va, slot, NULL, 0)) {
		return false;
	}
	space->info->faults.done[marked ? FAULT_ZERO : FAULT_GROW]++;
	return true;
}

bool kfault_page(struct env *env, vaddr_t va)
{
	struct space *space = &env->space;
	bool grows = va >= STACK_BOTTOM && va < USTACKTOP;
	pte_t *slot = va < UTOP ? space_find(space, va) : NULL;
	int error;

	debug_assert(lock_held());
	if (!slot && grows) {
		slot = space_find_or_make(space, va, &error);
	}
	if (!slot) {
		return false;
	}
	if (!(*slot & PTE_P)) {
		return fill_absent(space, va, slot, grows);
	}
	if (*slot & PTE_W || !(env->tf.err & FEC_WR)) {
		return true;
	}
	return *slot & PTE_COW && break_cow(space, va, slot);
}
