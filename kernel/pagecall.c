/* Page calls: each decodes its arguments from the caller's registers, checks them all, and then
 * goes over the run page by page with a function that does one page or refuses it.
 *
 * A run stops at the first page that cannot be done, or after SPACE_WORK entries. Whatever was
 * done is settled (TLBs flushed, frames freed) before the call returns. Lock held throughout. */
#include "kernel/pagecall.h"

#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/lock.h"
#include "kernel/section.h"
#include "kernel/space.h"

/* One side of a call: pages of an env, and the flag bits that came with the address. */
struct side {
	struct env *env;
	vaddr_t va;
	uint32_t flags; /* PTE_W, PTE_SOFT, PAGE_* */
};

/* A decoded call: `to` is what changes. */
struct run {
	struct side to, from;
	uint32_t npages;
	uint32_t expect; /* with PAGE_COND */
	uint32_t value;  /* mark, phys */
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

/* ---- decoding ---- */

/* The env and pages that id and va_flags name; `allowed`: the flag bits that the call knows. */
static COLD int decode_side(struct env *caller, const struct run *run, uint32_t id,
                            uint32_t va_flags, uint32_t allowed, struct side *side)
{
	struct env *env = env_lookup(caller, id);

	side->env = env;
	side->va = va_flags & ~(PGSIZE - 1);
	side->flags = va_flags & (PGSIZE - 1);
	if (!env) {
		return E_BAD_ENV;
	}
	if (!env_may_page(caller, env)) {
		return E_PERM;
	}
	return space_range_ok(side->va, run->npages) && !(side->flags & ~allowed) ? OK : E_INVAL;
}

/* Starts decoding: the side that changes. */
static COLD int decode(struct env *caller, uint32_t id, uint32_t va_flags, uint32_t allowed,
                       struct run *run)
{
	uint32_t operand = env_operand(caller);

	run->npages = operand ? operand : 1;
	run->expect = caller->page->expect;
	run->value = caller->tf.edi;
	return decode_side(caller, run, id, va_flags, allowed, &run->to);
}

/* ---- pieces of one page ---- */

/* Whether the entry is what PAGE_COND, if that is in the flags, wants it to be. */
static inline bool as_expected(uint32_t flags, pte_t expect, pte_t entry)
{
	return !(flags & PAGE_COND) || ((entry ^ expect) & ~HARDWARE_BITS) == 0;
}

/* The entry to change, its table made, if it is as expected and has room for one page more. */
static inline int open_slot(struct space *space, vaddr_t va, uint32_t flags, pte_t expect,
                            pte_t **slot)
{
	int error;

	*slot = space_find(space, va);
	if (!as_expected(flags, expect, *slot ? **slot : 0)) {
		return E_AGAIN;
	}
	if (!*slot) {
		*slot = space_find_or_make(space, va, &error);
		if (!*slot) {
			return error;
		}
	}
	return **slot & PTE_P || space_room(space) ? OK : E_LIMIT;
}

/* The present entry at src, or 0. */
static inline pte_t source_entry(const struct env *env, vaddr_t src)
{
	const pte_t *slot = space_find(&env->space, src);

	return slot && (*slot & PTE_P) ? *slot : 0;
}

/* ---- one page of each call ---- */

typedef int page_fn(struct run *run, uint32_t offset);

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

_Static_assert(PAGE_UNSHARE == PAGE_FILL * 2, "enum fault_done");

/* SYS_PAGE_ALLOC of one page, whose arguments are good. */
static inline int alloc_one(struct env *env, vaddr_t va_flags, pte_t expect, const struct env *from,
                            vaddr_t from_va)
{
	struct space *space = &env->space;
	const pte_t *source = NULL;
	pte_t *slot;
	int error = open_slot(space, va_flags, va_flags, expect, &slot);

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

static COLD int map_page(struct run *run, uint32_t offset)
{
	pte_t source = source_entry(run->from.env, run->from.va + offset), *slot;
	int error;

	if (!source) {
		return E_FAULT;
	}
	if (run->to.flags & PTE_W & ~source) {
		return E_PERM;
	}
	error = open_slot(&run->to.env->space, run->to.va + offset, run->to.flags, run->expect,
	                  &slot);
	if (error) {
		return error;
	}
	space_set(&run->to.env->space, run->to.va + offset, slot,
	          PTE_ADDR(source) | (source & (PTE_PCD | PTE_PWT)) | PTE_P | PTE_U |
	                  (run->to.flags & RIGHTS));
	return OK;
}

static COLD int unmap_page(struct run *run, uint32_t offset)
{
	pte_t *slot = space_find(&run->to.env->space, run->to.va + offset);

	if (!as_expected(run->to.flags, run->expect, slot ? *slot : 0)) {
		return E_AGAIN;
	}
	if (slot) {
		space_set(&run->to.env->space, run->to.va + offset, slot, 0);
	}
	return OK;
}

static COLD int mark_page(struct run *run, uint32_t offset)
{
	struct space *space = &run->to.env->space;
	vaddr_t va = run->to.va + offset;
	pte_t *slot = space_find(space, va);
	int error = OK;

	if (!as_expected(run->to.flags, run->expect, slot ? *slot : 0)) {
		return E_AGAIN;
	}
	if (!slot || !(*slot & PTE_P)) {
		slot = slot ? slot : space_find_or_make(space, va, &error);
		if (slot) {
			space_set(space, va, slot, run->value & ~PTE_P);
		}
		return error;
	}
	if (run->value & ~*slot & PTE_W && frame_refs(PTE_ADDR(*slot)) != 1) {
		return E_SHARED;
	}
	space->stale |= (*slot & ~run->value & PTE_W) != 0;
	*slot = (*slot & ~RIGHTS) | (run->value & RIGHTS);
	return OK;
}

static COLD int phys_page(struct run *run, uint32_t offset)
{
	paddr_t frame = (run->value << PGSHIFT) + offset;
	pte_t *slot;
	int error;

	if (!frame_is_fixed(frame)) {
		return E_PERM;
	}
	error = open_slot(&run->to.env->space, run->to.va + offset, run->to.flags, run->expect,
	                  &slot);
	if (!error) {
		space_set(&run->to.env->space, run->to.va + offset, slot,
		          frame | PTE_P | PTE_U | (run->to.flags & RIGHTS) |
		                  (run->to.flags & PAGE_NOCACHE || frame_is_beyond(frame)
		                           ? PTE_PCD | PTE_PWT
		                           : 0));
	}
	return error;
}

/* Runs fn over the pages, if decoding went well; settles; pages done or the first one's error. */
static COLD int for_run(int error, struct run *run, page_fn *fn)
{
	uint32_t most = run->npages < SPACE_WORK ? run->npages : SPACE_WORK, done = 0;

	debug_assert(lock_held());
	if (error) {
		return error;
	}
	while (done < most && !(error = fn(run, done * PGSIZE))) {
		done++;
	}
	space_settle(&run->to.env->space);
	return done > 0 ? (int)done : error;
}

/* ---- the calls ---- */

int pagecall_alloc_page(struct env *caller, struct env *env, vaddr_t va_flags, pte_t expect,
                        const struct env *from, vaddr_t from_va)
{
	int error;

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
	error = alloc_one(env, va_flags, expect, from, from_va);
	space_settle(&env->space);
	return error;
}

static COLD int alloc_many(struct env *caller, struct env *env, const struct env *from, uint32_t n)
{
	vaddr_t va_flags = caller->tf.esi, from_va = caller->tf.ebp;
	uint32_t done = 0;
	int error = OK;

	if (!space_range_ok(va_flags & -PGSIZE, n) ||
	    (va_flags & PAGE_FILL && !space_range_ok(from_va, n))) {
		return E_INVAL;
	}
	while (done < n && done < SPACE_WORK && !error) {
		error = pagecall_alloc_page(caller, env, va_flags + done * PGSIZE,
		                            caller->page->expect, from, from_va + done * PGSIZE);
		done += !error;
	}
	return done > 0 ? (int)done : error;
}

int pagecall_alloc(struct env *caller)
{
	const struct trapframe *tf = &caller->tf;
	uint32_t n = env_operand(caller);
	struct env *env = env_lookup(caller, tf->ebx), *from = env;
	int error;

	if (!env || !env_may_page(caller, env)) {
		return env ? E_PERM : E_BAD_ENV;
	}
	if (tf->esi & PAGE_FILL && tf->edi != tf->ebx) {
		from = env_lookup(caller, tf->edi);
	}
	if (n > 1) {
		return alloc_many(caller, env, from, n);
	}
	error = pagecall_alloc_page(caller, env, tf->esi, caller->page->expect, from, tf->ebp);
	return error ? error : 1;
}

COLD int pagecall_map(struct env *env)
{
	const struct trapframe *tf = &env->tf;
	struct run run;
	int error = decode(env, tf->edi, tf->ebp, RIGHTS | PAGE_COND, &run);

	if (!error) {
		error = decode_side(env, &run, tf->ebx, tf->esi, PAGE_COND, &run.from);
		run.to.flags |= run.from.flags & PAGE_COND;
	}
	error = for_run(error, &run, map_page);
	if (error > 0 && run.to.flags & PAGE_COND) {
		run.to.env->info->faults.done[FAULT_LOAD]++;
	}
	return error;
}

COLD int pagecall_unmap(struct env *env)
{
	struct run run;
	int done =
		for_run(decode(env, env->tf.ebx, env->tf.esi, PAGE_COND, &run), &run, unmap_page);

	if (done > 0) {
		space_narrow(&run.to.env->space, run.to.va, done);
	}
	return done;
}

COLD int pagecall_mark(struct env *env)
{
	struct run run;

	return for_run(decode(env, env->tf.ebx, env->tf.esi, PAGE_COND, &run), &run, mark_page);
}

COLD int pagecall_phys(struct env *env)
{
	enum { FRAMES = 1u << (32 - PGSHIFT) };
	struct run run;
	int error = decode(env, env->tf.ebx, env->tf.esi, RIGHTS | PAGE_COND | PAGE_NOCACHE, &run);

	if (!error && !env->root) {
		error = E_PERM;
	}
	if (!error && (run.value >= FRAMES || run.npages > FRAMES - run.value)) {
		error = E_INVAL;
	}
	return for_run(error, &run, phys_page);
}

COLD int pagecall_query(struct env *env)
{
	struct run run;
	int error = decode(env, env->tf.ebx, env->tf.esi, 0, &run);
	uint32_t i;

	if (error) {
		return error;
	}
	for (i = 0; i < run.npages && i < IPC_WORDS_MAX - 3; i++) {
		const pte_t *slot = space_find(&run.to.env->space, run.to.va + i * PGSIZE);
		pte_t entry = slot ? *slot : 0;

		if (run.npages > 1) {
			env->page->msg[3 + i] = entry;
		}
		if (i == 0) {
			env->tf.ebx = entry;
			env->tf.esi = entry & PTE_P ? frame_refs(PTE_ADDR(entry)) : 0;
		}
	}
	return i;
}

/* ---- share: a whole range, table by table ---- */

/* Shares n entries; how many, up to the first for which there is no room. The slots' table is there, and its
 * bounds include them. */
static COLD uint32_t share_entries(struct run *run, pte_t *source, vaddr_t va, pte_t *slot,
                                   uint32_t n)
{
	struct space *to = &run->to.env->space;
	pte_t keep = run->from.flags & PTE_SOFT, mark = run->to.flags & PTE_SOFT, entry;
	uint32_t i = 0;

	while (i < n) {
		entry = source[i];
		if (slot[i] && entry) {
			space_set(to, va + i * PGSIZE, &slot[i], 0);
		}
		if (entry & PTE_P && !space_room(to)) {
			break;
		}
		if ((entry & (PTE_P | PTE_W | PTE_PCD | keep)) == (PTE_P | PTE_W)) {
			uint32_t room = to->limit ? to->limit - to->pages : n;
			uint32_t own =
				pages_share(&source[i], &slot[i], smaller(n - i, room), keep, mark);

			to->pages += own;
			i += own;
			run->from.env->space.stale = true;
			continue;
		}
		if (entry & PTE_P) {
			if (entry & PTE_W && !(entry & keep)) {
				entry = (entry & ~PTE_W) | mark;
				source[i] = entry;
				run->from.env->space.stale = true;
			}
			frame_get(PTE_ADDR(entry));
			to->pages++;
			entry &= ~HARDWARE_BITS;
		}
		slot[i] = entry ? entry : slot[i];
		i++;
	}
	return i;
}

/* Shares [offset, end), which lies within one table on either side, as far as the work allowed and the
 * first error let it; bytes done. Entries outside the source's bounds are 0 and cost nothing. */
static COLD uint32_t share_table(struct run *run, uint32_t offset, uint32_t end, uint32_t *work,
                                 int *error)
{
	vaddr_t to_va = run->to.va + offset;
	pte_t *source = space_find(&run->from.env->space, run->from.va + offset), *slot;
	const struct frame *bounds = frame_of(frame_low_addr(source) & ~(PGSIZE - 1));
	uint32_t index = ((run->from.va + offset) >> PGSHIFT) & 1023;
	uint32_t i = index < bounds->lo ? bounds->lo - index : 0, n, done;
	uint32_t last = (end - offset) >> PGSHIFT;

	if (index + last > bounds->hi) {
		last = bounds->hi > index ? bounds->hi - index : 0;
	}
	for (; i < last && source[i] == 0; i++, (*work)++) {} /* often the bounds are wide */
	if (i >= last) {
		return end - offset;
	}
	n = smaller(last - i, *work < SPACE_WORK ? SPACE_WORK - *work : 1);
	slot = space_find_or_make(&run->to.env->space, to_va, error);
	if (!slot) {
		return i << PGSHIFT;
	}
	space_widen(&run->to.env->space, to_va + i * PGSIZE, n);
	done = share_entries(run, &source[i], to_va + i * PGSIZE, &slot[i], n);
	*work += n;
	*error = done < n ? E_LIMIT : OK;
	i += done;
	return i >= last ? end - offset : i << PGSHIFT;
}

COLD int pagecall_share(struct env *env)
{
	const struct trapframe *tf = &env->tf;
	struct run run;
	uint32_t length, done = 0, work = 0;
	int error = decode(env, tf->edi, tf->ebp, PTE_SOFT, &run);

	if (!error) {
		error = decode_side(env, &run, tf->ebx, tf->esi, PTE_SOFT, &run.from);
	}
	if (error) {
		return error;
	}
	length = run.npages << PGSHIFT;
	for (; !error && done < length && work < SPACE_WORK; work++) {
		vaddr_t next = space_next_table(&run.from.env->space, run.from.va + done);
		uint32_t end;

		if (next - run.from.va >= length) {
			done = length;
			break;
		}
		done = next - run.from.va;
		end = smaller(PTSIZE - next % PTSIZE, PTSIZE - (run.to.va + done) % PTSIZE);
		end = done + smaller(length - done, end);
		done += share_table(&run, done, end, &work, &error);
	}
	space_settle(&run.from.env->space);
	space_settle(&run.to.env->space);
	return done > 0 ? (int)(done >> PGSHIFT) : error;
}

COLD int pagecall_send_page(struct env *from, vaddr_t src, struct env *to, vaddr_t dst_rights,
                            bool copy)
{
	uint32_t rights = dst_rights % PGSIZE;
	struct run run = {.to = {to, dst_rights - rights, rights}, .from = {from, src, 0}};

	return !copy ? map_page(&run, 0)
	             : pagecall_alloc_page(from, to, dst_rights | PAGE_FILL, 0, from, src);
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
	to->info->pages = ++to->space.pages;
	if (!old) {
		space_widen(&to->space, dst_rights, 1);
	}
	if (mode & IPC_MODE_GRANT) { /* the TLB forgets it when its space is left */
		*source = 0;
		from->info->pages = --from->space.pages;
	} else {
		frame_get(PTE_ADDR(entry));
	}
	return true;
}
