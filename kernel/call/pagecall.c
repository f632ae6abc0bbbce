/* Page calls: each decodes its arguments from the caller's registers, checks them all, and then
 * has the run done (kernel/memory/place.c). Lock held throughout. */
#include "kernel/call/pagecall.h"

#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/env.h"
#include "kernel/memory/place.h"
#include "kernel/memory/share.h"
#include "kernel/memory/space.h"

/* Decodes one side of the caller's run; `allowed`: the flag bits that the call knows there. */
static COLD int decode_side(struct env *caller, uint32_t id, uint32_t va_flags, uint32_t allowed,
                            struct page_run *run, struct page_side *side)
{
	uint32_t operand = env_operand(caller);
	struct env *env = env_lookup(caller, id);

	run->npages = operand ? operand : 1;
	run->expect = caller->page->expect;
	if (!env) {
		return E_BAD_ENV;
	}
	*side = (struct page_side){&env->space, va_flags};
	if (!env_may_page(caller, env)) {
		return E_PERM;
	}
	return space_range_ok(va_flags, run->npages) && !(va_flags % PGSIZE & ~allowed) ? OK
	                                                                                : E_INVAL;
}

/* Decodes a run of one side, in the registers where the first one is. */
static COLD int decode_one(struct env *caller, uint32_t allowed, struct page_run *run)
{
	return decode_side(caller, caller->tf.ebx, caller->tf.esi, allowed, run, &run->to);
}

/* Decodes a run that leads from there to where the second one is. */
static COLD int decode_two(struct env *caller, uint32_t from_allowed, uint32_t to_allowed,
                           struct page_run *run)
{
	const struct trapframe *tf = &caller->tf;
	int error = decode_side(caller, tf->edi, tf->ebp, to_allowed, run, &run->to);

	if (!error) {
		error = decode_side(caller, tf->ebx, tf->esi, from_allowed, run, &run->from);
		run->to.va_flags |= run->from.va_flags & PAGE_COND;
	}
	return error;
}

/* The run, if decoding it went well. */
static COLD int run_pages(int error, struct page_run *run, page_fn *fn)
{
	return error ? error : place_run(run, fn);
}

/* ---- the calls ---- */

static COLD int alloc_many(struct env *caller)
{
	struct page_run run;
	int error = decode_one(caller, PAGE_ALLOC_FLAGS, &run);

	if (!error && run.to.va_flags & PAGE_FILL) {
		error = decode_side(caller, caller->tf.edi, caller->tf.ebp, 0, &run, &run.from);
	}
	run.npages = run.npages < PAGE_FILLS_MAX ? run.npages : PAGE_FILLS_MAX;
	return run_pages(error, &run, place_fill);
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
	error = env_copy_error(caller, env, tf->esi, from);
	if (!error) {
		error = place_alloc(&env->space, tf->esi, caller->page->expect, &from->space,
		                    tf->ebp);
	}
	space_settle(&env->space);
	return error ? error : 1;
}

COLD int pagecall_map(struct env *caller)
{
	struct page_run run;
	int done = run_pages(decode_two(caller, PAGE_COND, PAGE_RIGHTS | PAGE_COND, &run), &run,
	                     place_map);

	if (done > 0 && run.to.va_flags & PAGE_COND) {
		run.to.space->info->faults.done[FAULT_LOAD]++;
	}
	return done;
}

COLD int pagecall_unmap(struct env *caller)
{
	struct page_run run;
	int done = run_pages(decode_one(caller, PAGE_COND, &run), &run, place_unmap);

	if (done > 0) {
		space_narrow(run.to.space, run.to.va_flags & -PGSIZE, done);
	}
	return done;
}

COLD int pagecall_mark(struct env *caller)
{
	struct page_run run = {.value = caller->tf.edi};

	return run_pages(decode_one(caller, PAGE_COND, &run), &run, place_mark);
}

/* The first page in registers, those of a longer run in message words. */
COLD int pagecall_query(struct env *caller)
{
	enum { MOST = IPC_WORDS_MAX - 3 };
	struct page_run run;
	int error = decode_one(caller, 0, &run), done = 0;

	for (; !error && done < MOST && (uint32_t)done < run.npages; done++) {
		pte_t entry = space_entry(run.to.space, run.to.va_flags + done * PGSIZE);

		if (run.npages > 1) {
			caller->page->msg[3 + done] = entry;
		}
		if (done == 0) {
			caller->tf.ebx = entry;
			caller->tf.esi = entry & PTE_P ? frame_refs(PTE_ADDR(entry)) : 0;
		}
	}
	return error ? error : done;
}

COLD int pagecall_phys(struct env *caller)
{
	enum { FRAMES = 1u << (32 - PGSHIFT) };
	uint32_t number = caller->tf.edi;
	struct page_run run;
	int error = decode_one(caller, PAGE_RIGHTS | PAGE_COND | PAGE_NOCACHE, &run);

	run.from = (struct page_side){NULL, number << PGSHIFT | (run.to.va_flags & PAGE_NOCACHE)};
	if (!error && !caller->root) {
		error = E_PERM;
	}
	if (!error && (number >= FRAMES || run.npages > FRAMES - number)) {
		error = E_INVAL;
	}
	return run_pages(error, &run, place_map);
}

COLD int pagecall_share(struct env *caller)
{
	struct page_run run;
	int error = decode_two(caller, PTE_SOFT, PTE_SOFT, &run);
	struct share share;

	if (error) {
		return error;
	}
	share = (struct share){.from = run.from.space,
	                       .to = run.to.space,
	                       .from_va = run.from.va_flags & -PGSIZE,
	                       .to_va = run.to.va_flags & -PGSIZE,
	                       .keep = run.from.va_flags & PTE_SOFT,
	                       .mark = run.to.va_flags & PTE_SOFT};
	return share_range(&share, run.npages);
}
