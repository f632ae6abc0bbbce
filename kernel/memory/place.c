/* Putting pages into spaces: what page calls and IPC do with one page, and with a run of pages.
 *
 * A run stops at the first page that cannot be done, or after PAGE_RUN_MAX entries. Whatever was
 * done is settled (TLBs flushed, frames freed) before place_run returns. Who may do that is for the
 * caller to see to. */
#include "kernel/memory/place.h"

#include "kernel/abi/page.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/cpu/lock.h"
#include "kernel/memory/space.h"

enum { HARDWARE_BITS = PTE_A | PTE_D };

/* The entry to change, NULL if it has no table, if it is what PAGE_COND, when that is in the flags,
 * wants. */
static inline int find_slot(struct space *space, vaddr_t va_flags, pte_t expect, pte_t **slot)
{
	*slot = space_find(space, va_flags);
	return va_flags & PAGE_COND && ((*slot ? **slot : 0) ^ expect) & ~HARDWARE_BITS ? E_AGAIN
	                                                                                : OK;
}

/* Likewise, its table made, if there is room for one page more. */
static inline int open_slot(struct space *space, vaddr_t va_flags, pte_t expect, pte_t **slot)
{
	int error = find_slot(space, va_flags, expect, slot);

	if (!error && !*slot) {
		*slot = space_find_or_make(space, va_flags, &error);
	}
	if (error) {
		return error;
	}
	return **slot & PTE_P || space_room(space) ? OK : E_LIMIT;
}

inline int place_frame(struct space *space, vaddr_t va, pte_t *slot, const pte_t *source,
                       pte_t rights)
{
	paddr_t frame = space_alloc(space, 0);

	if (frame == FRAME_NONE) {
		return E_NO_MEM;
	}
	if (source) {
		frame_copy(frame, PTE_ADDR(*source));
	} else {
		frame_clear(frame);
	}
	space_give(space, va, slot, frame | rights | PTE_P | PTE_U);
	return OK;
}

_Static_assert(PAGE_UNSHARE == PAGE_FILL * 2, "enum fault_done");

int place_alloc(struct space *space, vaddr_t va_flags, pte_t expect, const struct space *from,
                vaddr_t from_va)
{
	const pte_t *source = NULL;
	pte_t *slot;
	int error;

	debug_assert(lock_held());
	if (va_flags % PGSIZE & ~PAGE_ALLOC_FLAGS || va_flags >= UTOP ||
	    (va_flags & PAGE_FILL && (from_va % PGSIZE || from_va >= UTOP))) {
		return E_INVAL;
	}
	error = open_slot(space, va_flags, expect, &slot);
	if (error) {
		return error;
	}
	if (va_flags & PAGE_COND) {
		space->info->faults.done[(va_flags / PAGE_FILL & 3) | (expect ? 0 : 2)]++;
	}
	if (va_flags & PAGE_FILL) {
		bool same = from == space && (va_flags ^ from_va) < PGSIZE;

		source = same ? slot : space_find(from, from_va);
		if (!source || !(*source & PTE_P)) {
			return E_FAULT;
		}
		if (same && va_flags & PAGE_UNSHARE && frame_refs(PTE_ADDR(*slot)) == 1) {
			space->stale |= (*slot & ~va_flags & PTE_W) != 0;
			*slot = PTE_ADDR(*slot) | PTE_P | PTE_U | (va_flags & PAGE_RIGHTS);
			space->info->faults.kept++;
			return OK;
		}
	}
	return place_frame(space, va_flags, slot, source, va_flags & PAGE_RIGHTS);
}

/* The entry that a source side has at this page: of physical memory, what may be mapped there with
 * all rights. */
static COLD pte_t source_entry(const struct page_side *from, uint32_t offset)
{
	uint32_t page = from->va_flags + offset;
	pte_t entry = PTE_ADDR(page) | PTE_P | PTE_W;

	if (from->space) {
		return space_entry(from->space, page);
	}
	if (!frame_is_fixed(page)) {
		return 0;
	}
	return page & PAGE_NOCACHE || frame_is_beyond(page) ? entry | PTE_PCD | PTE_PWT : entry;
}

COLD int place_map(struct page_run *run, uint32_t offset)
{
	vaddr_t va_flags = run->to.va_flags + offset;
	struct space *space = run->to.space;
	pte_t source = source_entry(&run->from, offset), *slot;
	int error;

	if (!(source & PTE_P)) {
		return run->from.space ? E_FAULT : E_PERM;
	}
	if (va_flags & PTE_W & ~source) {
		return E_PERM;
	}
	error = open_slot(space, va_flags, run->expect, &slot);
	if (!error) {
		space_set(space, va_flags, slot,
		          (source & ~(PGSIZE - 1 - PTE_PCD - PTE_PWT)) | PTE_P | PTE_U |
		                  (va_flags & PAGE_RIGHTS));
	}
	return error;
}

COLD int place_unmap(struct page_run *run, uint32_t offset)
{
	vaddr_t va_flags = run->to.va_flags + offset;
	pte_t *slot;
	int error = find_slot(run->to.space, va_flags, run->expect, &slot);

	if (!error && slot) {
		space_set(run->to.space, va_flags, slot, 0);
	}
	return error;
}

COLD int place_mark(struct page_run *run, uint32_t offset)
{
	struct space *space = run->to.space;
	vaddr_t va_flags = run->to.va_flags + offset;
	pte_t value = run->value, *slot;
	int error = find_slot(space, va_flags, run->expect, &slot);

	if (!error && !slot) {
		slot = space_find_or_make(space, va_flags, &error);
	}
	if (error) {
		return error;
	}
	if (!(*slot & PTE_P)) {
		space_set(space, va_flags, slot, value & ~PTE_P);
		return OK;
	}
	if (value & ~*slot & PTE_W && frame_refs(PTE_ADDR(*slot)) != 1) {
		return E_SHARED;
	}
	space->stale |= (*slot & ~value & PTE_W) != 0;
	*slot = (*slot & ~PAGE_RIGHTS) | (value & PAGE_RIGHTS);
	return OK;
}

COLD int place_run(struct page_run *run, page_fn *fn)
{
	uint32_t most = smaller_of(run->npages, PAGE_RUN_MAX), done = 0;
	int error = OK;

	debug_assert(lock_held());
	while (done < most && !(error = fn(run, done * PGSIZE))) {
		done++;
	}
	space_settle(run->to.space);
	return done > 0 ? (int)done : error;
}

COLD int place_fill(struct page_run *run, uint32_t offset)
{
	return place_alloc(run->to.space, run->to.va_flags + offset, run->expect, run->from.space,
	                   run->from.va_flags + offset);
}

COLD int place_send(struct space *from, vaddr_t src, struct space *to, vaddr_t dst_rights,
                    uint32_t n, enum ipc_send_mode mode)
{
	bool copy = mode == IPC_MODE_COPY;
	struct page_run run = {
		.to = {to, dst_rights | (copy ? PAGE_FILL : 0)}, .from = {from, src}, .npages = n};
	int done;

	run.npages = copy ? smaller_of(n, PAGE_FILLS_MAX) : n;
	done = place_run(&run, copy ? place_fill : place_map);

	if (mode == IPC_MODE_GRANT && done > 0) {
		run.to = run.from;
		run.npages = done;
		place_run(&run, place_unmap);
	}
	return done;
}

bool place_pass(struct space *from, vaddr_t src, uint32_t mode, struct space *to,
                vaddr_t dst_rights)
{
	pte_t needs = mode & IPC_MODE_WRITABLE ? PTE_P | PTE_W : PTE_P, entry, old, *source, *slot;

	if ((mode & ~IPC_MODE_WRITABLE) > IPC_MODE_GRANT || src % PGSIZE || src >= UTOP ||
	    !space_room(to)) {
		return false;
	}
	source = space_find(from, src);
	slot = space_find(to, dst_rights);
	entry = source ? *source : 0;
	old = slot ? *slot : PTE_P;
	if ((entry & needs) != needs || old & PTE_P) {
		return false;
	}
	*slot = (entry & ~(PGSIZE - 1 - PTE_PCD - PTE_PWT)) | PTE_U |
	        (dst_rights & (PTE_SOFT | (needs & PTE_W))) | PTE_P;
	to->info->pages++;
	if (!old) {
		space_widen(to, dst_rights, 1);
	}
	if (mode & IPC_MODE_GRANT) { /* the TLB forgets it when its space is left */
		*source = 0;
		from->info->pages--;
	} else {
		frame_get(PTE_ADDR(entry));
	}
	return true;
}
