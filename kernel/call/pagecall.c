/* Page calls: each decodes its arguments from the caller's registers, checks them all, and then
 * goes over the run page by page with a function that does one page or refuses it.
 *
 * A run stops at the first page that cannot be done, or after PAGE_RUN_MAX entries. Whatever was
 * done is settled (TLBs flushed, frames freed) before the call returns. Lock held throughout. */
#include "kernel/call/pagecall.h"

#include "kernel/base/debug.h"
#include "kernel/env/env.h"
#include "kernel/cpu/lock.h"
#include "kernel/base/section.h"
#include "kernel/memory/share.h"
#include "kernel/memory/space.h"

/* One side of a call: pages of an env (of physical memory: NULL), and in the low bits of their address the
 * flags that came with it. Adding PGSIZE leads to the next page. */
struct side {
	struct env *env;
	vaddr_t va_flags;
};

/* A decoded call: `to` is what changes. */
struct run {
	struct env *caller;
	struct side to, from;
	uint32_t npages;
	pte_t expect; /* with PAGE_COND */
};

enum {
	HARDWARE_BITS = PTE_A | PTE_D,
	RIGHTS = PTE_W | PTE_SOFT,
	ALLOC_FLAGS = RIGHTS | PAGE_COND | PAGE_FILL | PAGE_UNSHARE,
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Decodes one side of the caller's run; `allowed`: the flag bits that the call knows there. */
static COLD int decode(struct env *caller, uint32_t id, uint32_t va_flags, uint32_t allowed,
                       struct run *run, struct side *side)
{
	uint32_t operand = env_operand(caller);

	run->caller = caller;
	run->npages = operand ? operand : 1;
	side->env = env_lookup(caller, id);
	side->va_flags = va_flags;
	if (!side->env) {
		return E_BAD_ENV;
	}
	if (!env_may_page(caller, side->env)) {
		return E_PERM;
	}
	return space_range_ok(va_flags, run->npages) && !(va_flags % PGSIZE & ~allowed) ? OK
	                                                                                : E_INVAL;
}

/* Decodes a run of one side, in the registers where the first one is. */
static COLD int decode_one(struct env *caller, uint32_t allowed, struct run *run)
{
	return decode(caller, caller->tf.ebx, caller->tf.esi, allowed, run, &run->to);
}

/* Decodes a run that leads from there to where the second one is. */
static COLD int decode_two(struct env *caller, uint32_t from_allowed, uint32_t to_allowed,
                           struct run *run)
{
	const struct trapframe *tf = &caller->tf;
	int error = decode(caller, tf->edi, tf->ebp, to_allowed, run, &run->to);

	if (!error) {
		error = decode(caller, tf->ebx, tf->esi, from_allowed, run, &run->from);
		run->to.va_flags |= run->from.va_flags & PAGE_COND;
	}
	return error;
}

/* ---- pieces of one page ---- */

/* The entry to change, NULL if it has no table, if it is what PAGE_COND, when that is in the flags, wants. */
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

inline int pagecall_place(struct space *space, vaddr_t va, pte_t *slot, const pte_t *source,
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

/* ---- one page of each call ---- */

typedef int page_fn(struct run *run, uint32_t offset);

_Static_assert(PAGE_UNSHARE == PAGE_FILL * 2, "enum fault_done");

/* SYS_PAGE_ALLOC of one page, whose arguments are good. */
static int alloc_one(struct env *env, vaddr_t va_flags, pte_t expect, const struct env *from,
                     vaddr_t from_va)
{
	struct space *space = &env->space;
	const pte_t *source = NULL;
	pte_t *slot;
	int error = open_slot(space, va_flags, expect, &slot);

	if (error) {
		return error;
	}
	if (va_flags & PAGE_COND) {
		space->info->faults.done[(va_flags / PAGE_FILL & 3) | (expect ? 0 : 2)]++;
	}
	if (va_flags & PAGE_FILL) {
		bool same = from == env && (va_flags ^ from_va) < PGSIZE;

		source = same ? slot : space_find(&from->space, from_va);
		if (!source || !(*source & PTE_P)) {
			return E_FAULT;
		}
		if (same && va_flags & PAGE_UNSHARE && frame_refs(PTE_ADDR(*slot)) == 1) {
			space->stale |= (*slot & ~va_flags & PTE_W) != 0;
			*slot = PTE_ADDR(*slot) | PTE_P | PTE_U | (va_flags & RIGHTS);
			space->info->faults.kept++;
			return OK;
		}
	}
	return pagecall_place(space, va_flags, slot, source, va_flags & RIGHTS);
}

/* The entry that a source side has at this page: of physical memory, what may be mapped there with all rights. */
static COLD pte_t source_entry(const struct side *from, uint32_t offset)
{
	uint32_t page = from->va_flags + offset;
	pte_t entry = PTE_ADDR(page) | PTE_P | PTE_W;

	if (from->env) {
		return space_entry(&from->env->space, page);
	}
	if (!frame_is_fixed(page)) {
		return 0;
	}
	return page & PAGE_NOCACHE || frame_is_beyond(page) ? entry | PTE_PCD | PTE_PWT : entry;
}

static COLD int map_page(struct run *run, uint32_t offset)
{
	vaddr_t va_flags = run->to.va_flags + offset;
	struct space *space = &run->to.env->space;
	pte_t source = source_entry(&run->from, offset), *slot;
	int error;

	if (!(source & PTE_P)) {
		return run->from.env ? E_FAULT : E_PERM;
	}
	if (va_flags & PTE_W & ~source) {
		return E_PERM;
	}
	error = open_slot(space, va_flags, run->expect, &slot);
	if (!error) {
		space_set(space, va_flags, slot,
		          (source & ~(PGSIZE - 1 - PTE_PCD - PTE_PWT)) | PTE_P | PTE_U |
		                  (va_flags & RIGHTS));
	}
	return error;
}

static COLD int unmap_page(struct run *run, uint32_t offset)
{
	vaddr_t va_flags = run->to.va_flags + offset;
	pte_t *slot;
	int error = find_slot(&run->to.env->space, va_flags, run->expect, &slot);

	if (!error && slot) {
		space_set(&run->to.env->space, va_flags, slot, 0);
	}
	return error;
}

static COLD int mark_page(struct run *run, uint32_t offset)
{
	struct space *space = &run->to.env->space;
	vaddr_t va_flags = run->to.va_flags + offset;
	pte_t value = run->caller->tf.edi, *slot;
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
	*slot = (*slot & ~RIGHTS) | (value & RIGHTS);
	return OK;
}

/* Of the first page in registers, of those of a longer run in message words. */
static COLD int query_page(struct run *run, uint32_t offset)
{
	struct env *caller = run->caller;
	uint32_t i = offset / PGSIZE;
	pte_t entry = space_entry(&run->to.env->space, run->to.va_flags + offset);

	if (i == IPC_WORDS_MAX - 3) {
		return E_TOO_BIG;
	}
	if (run->npages > 1) {
		caller->page->msg[3 + i] = entry;
	}
	if (i == 0) {
		caller->tf.ebx = entry;
		caller->tf.esi = entry & PTE_P ? frame_refs(PTE_ADDR(entry)) : 0;
	}
	return OK;
}

/* Runs fn over the pages, if decoding went well; settles; pages done or the first one's error. */
static COLD int for_run(int error, struct run *run, page_fn *fn)
{
	uint32_t most = smaller(run->npages, PAGE_RUN_MAX), done = 0;

	debug_assert(lock_held());
	if (error) {
		return error;
	}
	run->expect = run->caller->page->expect;
	while (done < most && !(error = fn(run, done * PGSIZE))) {
		done++;
	}
	space_settle(&run->to.env->space);
	return done > 0 ? (int)done : error;
}

/* ---- the calls ---- */

int pagecall_alloc_page(const struct env *caller, struct env *env, vaddr_t va_flags, pte_t expect,
                        const struct env *from, vaddr_t from_va)
{
	debug_assert(lock_held());
	if (va_flags % PGSIZE & ~ALLOC_FLAGS || va_flags >= UTOP) {
		return E_INVAL;
	}
	if (va_flags & PAGE_FILL) {
		if (from != env && (!from || !env_may_page(caller, from))) {
			return from ? E_PERM : E_BAD_ENV;
		}
		if (from_va % PGSIZE || from_va >= UTOP) {
			return E_INVAL;
		}
	}
	return alloc_one(env, va_flags, expect, from, from_va);
}

static COLD int alloc_page(struct run *run, uint32_t offset)
{
	return pagecall_alloc_page(run->caller, run->to.env, run->to.va_flags + offset, run->expect,
	                           run->from.env, run->from.va_flags + offset);
}

static COLD int alloc_many(struct env *caller)
{
	struct run run;
	int error = decode_one(caller, ALLOC_FLAGS, &run);

	if (!error && run.to.va_flags & PAGE_FILL) {
		error = decode(caller, caller->tf.edi, caller->tf.ebp, 0, &run, &run.from);
	}
	run.npages = smaller(run.npages, PAGE_FILLS_MAX);
	return for_run(error, &run, alloc_page);
}

int pagecall_alloc(struct env *caller)
{
	const struct trapframe *tf = &caller->tf;
	struct env *env, *from;
	int error;

	if (env_operand(caller) > 1) {
		return alloc_many(caller);
	}
	env = from = env_peek(caller, tf->ebx);
	if (!env || !env_may_page(caller, env)) {
		return env ? E_PERM : E_BAD_ENV;
	}
	if (tf->esi & PAGE_FILL && tf->edi != tf->ebx) {
		from = env_peek(caller, tf->edi);
	}
	error = pagecall_alloc_page(caller, env, tf->esi, caller->page->expect, from, tf->ebp);
	space_settle(&env->space);
	return error ? error : 1;
}

COLD int pagecall_map(struct env *caller)
{
	struct run run;
	int done = for_run(decode_two(caller, PAGE_COND, RIGHTS | PAGE_COND, &run), &run, map_page);

	if (done > 0 && run.to.va_flags & PAGE_COND) {
		run.to.env->info->faults.done[FAULT_LOAD]++;
	}
	return done;
}

COLD int pagecall_unmap(struct env *caller)
{
	struct run run;
	int done = for_run(decode_one(caller, PAGE_COND, &run), &run, unmap_page);

	if (done > 0) {
		space_narrow(&run.to.env->space, run.to.va_flags & -PGSIZE, done);
	}
	return done;
}

COLD int pagecall_mark(struct env *caller)
{
	struct run run;

	return for_run(decode_one(caller, PAGE_COND, &run), &run, mark_page);
}

COLD int pagecall_query(struct env *caller)
{
	struct run run;

	return for_run(decode_one(caller, 0, &run), &run, query_page);
}

COLD int pagecall_phys(struct env *caller)
{
	enum { FRAMES = 1u << (32 - PGSHIFT) };
	uint32_t number = caller->tf.edi;
	struct run run;
	int error = decode_one(caller, RIGHTS | PAGE_COND | PAGE_NOCACHE, &run);

	run.from = (struct side){NULL, number << PGSHIFT | (run.to.va_flags & PAGE_NOCACHE)};
	if (!error && !caller->root) {
		error = E_PERM;
	}
	if (!error && (number >= FRAMES || run.npages > FRAMES - number)) {
		error = E_INVAL;
	}
	return for_run(error, &run, map_page);
}

COLD int pagecall_share(struct env *caller)
{
	struct run run;
	int error = decode_two(caller, PTE_SOFT, PTE_SOFT, &run);
	struct share share;

	if (error) {
		return error;
	}
	share = (struct share){.from = &run.from.env->space,
	                       .to = &run.to.env->space,
	                       .from_va = run.from.va_flags & -PGSIZE,
	                       .to_va = run.to.va_flags & -PGSIZE,
	                       .keep = run.from.va_flags & PTE_SOFT,
	                       .mark = run.to.va_flags & PTE_SOFT};
	return share_range(&share, run.npages);
}

COLD int pagecall_send(struct env *from, vaddr_t src, struct env *to, vaddr_t dst_rights,
                       uint32_t n, enum ipc_send_mode mode)
{
	bool copy = mode == IPC_MODE_COPY;
	struct run run = {from, {to, dst_rights | (copy ? PAGE_FILL : 0)}, {from, src}, n, 0};
	int done;

	run.npages = copy ? smaller(n, PAGE_FILLS_MAX) : n;
	done = for_run(OK, &run, copy ? alloc_page : map_page);

	if (mode == IPC_MODE_GRANT && done > 0) {
		run.to = run.from;
		run.npages = done;
		for_run(OK, &run, unmap_page);
	}
	return done;
}

bool pagecall_pass(struct env *from, struct env *to, vaddr_t dst_rights)
{
	const volatile struct env_page *out = from->page;
	uint32_t mode = out->send_mode;
	vaddr_t src = out->send_va;
	pte_t needs = mode & IPC_MODE_WRITABLE ? PTE_P | PTE_W : PTE_P, entry, old, *source, *slot;

	if (out->send_npages != 1 || (mode & ~IPC_MODE_WRITABLE) > IPC_MODE_GRANT || src % PGSIZE ||
	    src >= UTOP || !space_room(&to->space)) {
		return false;
	}
	source = space_find(&from->space, src);
	slot = space_find(&to->space, dst_rights);
	entry = source ? *source : 0;
	old = slot ? *slot : PTE_P;
	if ((entry & needs) != needs || old & PTE_P) {
		return false;
	}
	*slot = (entry & ~(PGSIZE - 1 - PTE_PCD - PTE_PWT)) | PTE_U |
	        (dst_rights & (PTE_SOFT | (needs & PTE_W))) | PTE_P;
	to->info->pages++;
	if (!old) {
		space_widen(&to->space, dst_rights, 1);
	}
	if (mode & IPC_MODE_GRANT) { /* the TLB forgets it when its space is left */
		*source = 0;
		from->info->pages--;
	} else {
		frame_get(PTE_ADDR(entry));
	}
	return true;
}
