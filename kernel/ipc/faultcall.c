/* Page faults on path `ipc`: calls that the kernel makes for an env (`in_fault_call`).
 *
 * They are the rendezvous of ipc.c, and differ where registers are concerned: what the env says is
 * made out of its fault at delivery, and an answer is done (faultcall_take_answer) instead of put
 * into registers. If the pager is gone, such an env waits like a sleeper without a clock, until
 * faultcall_retry. faultcall_begin and faultcall_answer_fast are fast paths for the usual case, a
 * pager that waits for the fault, and an env in a fault call that waits for the answer. Guarded by
 * the kernel lock. */
#include "kernel/ipc/faultcall.h"

#include "kernel/base/debug.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/ipc/deadline.h"
#include "kernel/ipc/ipc.h"
#include "kernel/memory/place.h"
#include "kernel/sched/clock.h"

void faultcall_write_message(const struct env *from, struct env *to)
{
	vaddr_t va = from->fault_va;
	pte_t entry = va < UTOP ? space_entry(&from->space, va) : 0;

	to->tf.esi = (va & ~(PGSIZE - 1)) | FAULT_OP;
	to->tf.edi = entry;
	to->tf.ebp = from->tf.err;
	to->page->msg[3] = from->tf.eip;
	to->page->msg[4] = entry & PTE_P ? frame_refs(PTE_ADDR(entry)) : 0;
	to->page->msg[5] = va;
}

/* The page that the pager's answer allocates for a fault; `from`: where it is copied from. */
static int fault_alloc(struct env *pager, const struct env *from, struct env *env)
{
	uint32_t flags = pager->tf.esi & ~FAULT_ALLOC;
	int error;

	if (flags >= PGSIZE) {
		return E_INVAL;
	}
	error = env_copy_error(pager, env, flags, from);
	if (!error) {
		error = place_alloc(&env->space, (env->fault_va & ~(PGSIZE - 1)) | flags,
		                    pager->tf.edi, &from->space, pager->tf.ebp);
	}
	space_settle(&env->space);
	return error;
}

uint32_t faultcall_take_answer(struct env *from, struct env *to)
{
	int answer = from->tf.esi, error = OK;
	uint32_t flags = ipc_flags(from);
	int npages = 0;

	if (answer < 0) {
		error = answer;
	} else if (answer & FAULT_ALLOC) {
		envid_t source = ipc_words(flags) > 3 ? from->page->msg[3] : 0;

		error = fault_alloc(from, env_lookup(to, source), to);
	} else if (answer > 0) {
		error = E_INVAL;
	} else if (flags & IPC_PAGES) {
		error = ipc_move_pages(from, to);
		npages = error > 0 ? error : 0;
	}
	ipc_end_wait(to, npages || error == E_AGAIN ? OK : error);
	return npages;
}

void faultcall_await_pager(struct env *env)
{
	state_wait(env, WAITS_TO_RECEIVE, env->id, FAST_NOBODY);
}

/* A pager that waits for this is told and runs. */
static struct env *call_pager_fast(struct env *env, struct env *pager)
{
	debug_assert(ipc_check_hand_over(env, pager, pager->id));
	faultcall_write_message(env, pager);
	pager->tf.eax = FAULT_WORDS;
	pager->tf.ebx = env->id;
	state_note_awaited(pager);
	state_hand_over(env, pager, pager->id, FAST_NOBODY);
	if (env->fault_us && !env->undated) {
		deadline_defer(env);
	}
	return pager;
}

struct env *faultcall_begin(struct env *env)
{
	struct env *pager = env_lookup(NULL, env->info->pager);

	debug_assert(lock_held() && !env->info->waits);
	env->info->faults.calls++;
	state_begin_fault_call(env);
	if (pager && (pager->fast_partner == 0 || pager->fast_partner == env->id)) {
		return call_pager_fast(env, pager);
	}
	if (pager) {
		return ipc_send(env, pager);
	}
	faultcall_await_pager(env);
	return NULL;
}

struct env *faultcall_answer_fast(struct env *env, struct env *to)
{
	int error = OK;

	if (to->info->partner != env->id || to->stopped || env->pending ||
	    env->senders.first || /* else it is in that queue, or has asked already */
	    env->tf.eax & IPC_WORDS(IPC_WORDS_MASK & ~3u)) { /* more than 3 words */
		return NULL;
	}
	if (env->tf.eax & IPC_PAGES) {
		if (env->tf.esi || !ipc_pass_page(env, to)) {
			return NULL;
		}
	} else if ((int)env->tf.esi > 0 && env->tf.esi & FAULT_ALLOC) {
		error = fault_alloc(env, to, to);
	} else {
		return NULL;
	}
	debug_assert(ipc_check_hand_over(env, to, 0));
	state_hand_over(env, to, 0, 0);
	state_end_fault_call(to, error == E_AGAIN ? OK : error);
	if (to->deadline) {
		clock_cancel(to);
	}
	return to;
}

void faultcall_retry(struct env *env)
{
	if (env->in_fault_call) {
		ipc_give_up(env, OK);
	}
}
