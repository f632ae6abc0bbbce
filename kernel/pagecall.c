/* Page calls: each decodes its arguments from the caller's registers, checks them all, and then
 * goes over the run page by page with a function that does one page or refuses it.
 *
 * A run stops at the first page that cannot be done, or after SPACE_WORK entries. Whatever was
 * done is settled (TLBs flushed, frames freed) before the call returns. Lock held throughout. */
#include "kernel/pagecall.h"

#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/lock.h"
#include "kernel/space.h"

/* A decoded call on one run, or on a pair. */
struct run {
	struct env *env; /* whose entries change */
	vaddr_t va;
	uint32_t flags; /* low bits of va: PTE_W, PTE_SOFT, PAGE_* */
	struct env *src_env;
	vaddr_t src;
	uint32_t src_flags;
	uint32_t expect; /* with PAGE_COND */
	uint32_t value;  /* mark, phys */
};

enum { HARDWARE_BITS = PTE_A | PTE_D, RIGHTS = PTE_W | PTE_SOFT };

/* ---- decoding ---- */

static int decode_side(struct env *caller, uint32_t id, uint32_t va_flags, uint32_t npages,
                       struct env **env, vaddr_t *va, uint32_t *flags)
{
	*env = env_lookup(caller, id);
	if (!*env) {
		return E_BAD_ENV;
	}
	if (!env_may_page(caller, *env)) {
		return E_PERM;
	}
	*va = va_flags & ~(PGSIZE - 1);
	*flags = va_flags & (PGSIZE - 1);
	return space_range_ok(*va, npages) ? OK : E_INVAL;
}

/* The run that changes; allowed: the flag bits that the call knows. */
static int decode(struct env *caller, uint32_t id, uint32_t va_flags, uint32_t npages,
                  uint32_t allowed, struct run *run)
{
	int error = decode_side(caller, id, va_flags, npages, &run->env, &run->va, &run->flags);

	if (!error && run->flags & ~allowed) {
		error = E_INVAL;
	}
	run->expect = caller->page->expect;
	return error;
}

static int decode_source(struct env *caller, uint32_t id, uint32_t va_flags, uint32_t npages,
                         uint32_t allowed, struct run *run)
{
	int error = decode_side(caller, id, va_flags, npages, &run->src_env, &run->src,
	                        &run->src_flags);

	return !error && run->src_flags & ~allowed ? E_INVAL : error;
}

/* ---- pieces of one page ---- */

static bool as_expected(const struct run *run, pte_t entry)
{
	return !(run->flags & PAGE_COND) || ((entry ^ run->expect) & ~HARDWARE_BITS) == 0;
}

/* The entry to change, its table made, if it is as expected and has room for one page more. */
static int open_slot(struct run *run, vaddr_t va, pte_t **slot)
{
	int error = OK;

	*slot = space_find(&run->env->space, va);
	if (!as_expected(run, *slot ? **slot : 0)) {
		return E_AGAIN;
	}
	if (!*slot) {
		*slot = space_find_or_make(&run->env->space, va, &error);
	}
	if (*slot && !(**slot & PTE_P) && !space_room(&run->env->space)) {
		return E_LIMIT;
	}
	return error;
}

/* The present entry at src, or 0. */
static pte_t source_entry(const struct env *env, vaddr_t src)
{
	const pte_t *slot = space_find(&env->space, src);

	return slot && (*slot & PTE_P) ? *slot : 0;
}

/* A new frame in the slot, holding a copy of `from`, or zeros if that is 0. */
static int place_fresh(struct space *space, vaddr_t va, pte_t *slot, paddr_t from, pte_t rights)
{
	paddr_t frame = space_frame(space);

	if (frame == FRAME_NONE) {
		return E_NO_MEM;
	}
	if (from) {
		frame_copy(frame, from);
	} else {
		frame_clear(frame);
	}
	space_set(space, va, slot, frame | rights | PTE_P | PTE_U);
	frame_put(frame); /* the mapping's reference stays */
	return OK;
}

/* ---- one page of each call ---- */

typedef int page_fn(struct run *run, uint32_t offset);

static int alloc_page(struct run *run, uint32_t offset)
{
	vaddr_t va = run->va + offset;
	pte_t source = 0, *slot;
	int error = open_slot(run, va, &slot);

	if (error) {
		return error;
	}
	if (run->flags & PAGE_FILL) {
		source = source_entry(run->src_env, run->src + offset);
		if (!source) {
			return E_FAULT;
		}
		if (run->flags & PAGE_UNSHARE && *slot == source &&
		    frame_refs(PTE_ADDR(source)) == 1) {
			run->env->space.stale |= (*slot & ~run->flags & PTE_W) != 0;
			*slot = PTE_ADDR(source) | PTE_P | PTE_U | (run->flags & RIGHTS);
			return OK;
		}
	}
	return place_fresh(&run->env->space, va, slot, PTE_ADDR(source), run->flags & RIGHTS);
}

static int map_page(struct run *run, uint32_t offset)
{
	pte_t source = source_entry(run->src_env, run->src + offset), *slot;
	int error;

	if (!source) {
		return E_FAULT;
	}
	if (run->flags & PTE_W & ~source) {
		return E_PERM;
	}
	error = open_slot(run, run->va + offset, &slot);
	if (error) {
		return error;
	}
	space_set(&run->env->space, run->va + offset, slot,
	          PTE_ADDR(source) | (source & (PTE_PCD | PTE_PWT)) | PTE_P | PTE_U |
	                  (run->flags & RIGHTS));
	return OK;
}

static int unmap_page(struct run *run, uint32_t offset)
{
	pte_t *slot = space_find(&run->env->space, run->va + offset);

	if (!as_expected(run, slot ? *slot : 0)) {
		return E_AGAIN;
	}
	if (slot) {
		space_set(&run->env->space, run->va + offset, slot, 0);
	}
	return OK;
}

static int mark_page(struct run *run, uint32_t offset)
{
	struct space *space = &run->env->space;
	vaddr_t va = run->va + offset;
	pte_t *slot = space_find(space, va);
	int error = OK;

	if (!as_expected(run, slot ? *slot : 0)) {
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

static int phys_page(struct run *run, uint32_t offset)
{
	paddr_t frame = (run->value << PGSHIFT) + offset;
	pte_t *slot;
	int error;

	if (!frame_is_fixed(frame)) {
		return E_PERM;
	}
	error = open_slot(run, run->va + offset, &slot);
	if (!error) {
		space_set(&run->env->space, run->va + offset, slot,
		          frame | PTE_P | PTE_U | (run->flags & RIGHTS) |
		                  (run->flags & PAGE_NOCACHE ? PTE_PCD | PTE_PWT : 0));
	}
	return error;
}

/* Runs fn over the pages; settles; pages done or the first one's error. */
static int for_run(struct run *run, uint32_t npages, page_fn *fn)
{
	uint32_t most = npages < SPACE_WORK ? npages : SPACE_WORK, done = 0;
	int error = OK;

	assert(lock_held());
	while (done < most && !(error = fn(run, done * PGSIZE))) {
		done++;
	}
	space_settle(&run->env->space);
	return done > 0 ? (int)done : error;
}

/* ---- the calls ---- */

int pagecall_alloc(struct env *env, uint32_t npages)
{
	const struct trapframe *tf = &env->tf;
	struct run run;
	int error = decode(env, tf->ebx, tf->esi, npages,
	                   RIGHTS | PAGE_COND | PAGE_FILL | PAGE_UNSHARE, &run);

	if (!error && run.flags & PAGE_FILL) {
		error = decode_source(env, tf->edi, tf->ebp, npages, 0, &run);
	}
	return error ? error : for_run(&run, npages, alloc_page);
}

int pagecall_map(struct env *env, uint32_t npages)
{
	const struct trapframe *tf = &env->tf;
	struct run run;
	int error = decode(env, tf->edi, tf->ebp, npages, RIGHTS | PAGE_COND, &run);

	if (!error) {
		error = decode_source(env, tf->ebx, tf->esi, npages, PAGE_COND, &run);
		run.flags |= run.src_flags & PAGE_COND;
	}
	return error ? error : for_run(&run, npages, map_page);
}

int pagecall_unmap(struct env *env, uint32_t npages)
{
	struct run run;
	int error = decode(env, env->tf.ebx, env->tf.esi, npages, PAGE_COND, &run);

	return error ? error : for_run(&run, npages, unmap_page);
}

int pagecall_mark(struct env *env, uint32_t npages)
{
	struct run run;
	int error = decode(env, env->tf.ebx, env->tf.esi, npages, PAGE_COND, &run);

	run.value = env->tf.edi;
	return error ? error : for_run(&run, npages, mark_page);
}

int pagecall_phys(struct env *env, uint32_t npages)
{
	struct run run;
	int error = decode(env, env->tf.ebx, env->tf.esi, npages, RIGHTS | PAGE_COND | PAGE_NOCACHE,
	                   &run);

	if (error) {
		return error;
	}
	run.value = env->tf.edi;
	if (!env->root) {
		return E_PERM;
	}
	if (run.value >= 1u << 20 || npages > (1u << 20) - run.value) {
		return E_INVAL;
	}
	return for_run(&run, npages, phys_page);
}

int pagecall_query(struct env *env, uint32_t npages)
{
	struct run run;
	uint32_t most = npages < IPC_WORDS_MAX - 3 ? npages : IPC_WORDS_MAX - 3;
	int error = decode(env, env->tf.ebx, env->tf.esi, npages, 0, &run);

	if (error) {
		return error;
	}
	for (uint32_t i = 0; i < most; i++) {
		const pte_t *slot = space_find(&run.env->space, run.va + i * PGSIZE);
		pte_t entry = slot ? *slot : 0;

		if (npages > 1) {
			env->page->msg[3 + i] = entry;
		}
		if (i == 0) {
			env->tf.ebx = entry;
			env->tf.esi = entry & PTE_P ? frame_refs(PTE_ADDR(entry)) : 0;
		}
	}
	return most;
}

/* ---- share: a whole range, table by table ---- */

/* Shares one entry. The destination's table exists. */
static int share_entry(struct run *run, pte_t *source, vaddr_t va, pte_t *slot)
{
	pte_t entry = *source;

	if (!(entry & PTE_P)) {
		space_set(&run->env->space, va, slot, entry);
		return OK;
	}
	if (!(*slot & PTE_P) && !space_room(&run->env->space)) {
		return E_LIMIT;
	}
	if (entry & PTE_W && !(entry & run->src_flags & PTE_SOFT)) {
		entry = (entry & ~PTE_W) | (run->flags & PTE_SOFT);
		*source = entry;
		run->src_env->space.stale = true;
	}
	space_set(&run->env->space, va, slot, entry & ~HARDWARE_BITS);
	return OK;
}

/* Shares [offset, end) within one source table; bytes done, or an error if none. */
static int share_table(struct run *run, uint32_t offset, uint32_t end)
{
	struct frame *bounds =
		frame_of(PTE_ADDR(run->src_env->space.pgdir[(run->src + offset) >> PTSHIFT]));
	uint32_t start = offset;
	int error = OK;

	for (; offset < end; offset += PGSIZE) {
		vaddr_t src = run->src + offset, dst = run->va + offset;
		uint32_t index = (src >> PGSHIFT) & 1023;
		pte_t *source = space_find(&run->src_env->space, src), *slot;

		if (index < bounds->lo || index >= bounds->hi || *source == 0) {
			continue;
		}
		slot = space_find_or_make(&run->env->space, dst, &error);
		if (slot) {
			error = share_entry(run, source, dst, slot);
		}
		if (error) {
			break;
		}
	}
	return error && offset == start ? error : (int)(offset - start);
}

int pagecall_share(struct env *env, uint32_t npages)
{
	const struct trapframe *tf = &env->tf;
	struct run run;
	uint32_t length = npages << PGSHIFT, done = 0, work = 0;
	int error = decode(env, tf->edi, tf->ebp, npages, PTE_SOFT, &run);

	if (!error) {
		error = decode_source(env, tf->ebx, tf->esi, npages, PTE_SOFT, &run);
	}
	if (error) {
		return error;
	}
	while (done < length && work < SPACE_WORK) {
		uint32_t to_next = PTSIZE - (run.src + done) % PTSIZE;
		uint32_t part = length - done < to_next ? length - done : to_next;
		int moved = part;

		work++;
		if (run.src_env->space.pgdir[(run.src + done) >> PTSHIFT] & PTE_P) {
			uint32_t most = (SPACE_WORK + 1 - work) << PGSHIFT;

			moved = share_table(&run, done, done + (part < most ? part : most));
			work += (uint32_t)moved >> PGSHIFT;
		}
		if (moved < 0) {
			error = moved;
			break;
		}
		done += moved;
	}
	space_settle(&run.src_env->space);
	space_settle(&run.env->space);
	return done > 0 ? (int)(done >> PGSHIFT) : error;
}

int pagecall_send_page(struct env *from, vaddr_t src, struct env *to, vaddr_t dst, pte_t rights,
                       bool copy)
{
	struct run run = {.env = to, .va = dst, .flags = rights, .src_env = from, .src = src};
	pte_t source = source_entry(from, src), *slot;
	int error;

	if (!copy) {
		return map_page(&run, 0);
	}
	error = source ? open_slot(&run, dst, &slot) : E_FAULT;
	return error ? error : place_fresh(&to->space, dst, slot, PTE_ADDR(source), rights);
}
