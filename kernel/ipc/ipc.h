/* Synchronous IPC between envs (kernel/abi/ipc.h is the contract with user level). */
#pragma once

#include "kernel/env/env.h"

/* SYS_IPC of the running env. Returns who runs next: the caller, its partner, or NULL when the
 * scheduler must choose. Results are in the registers of whoever is done. Lock held. */
struct env *ipc_call(struct env *env);

/* Sets pending bits; wakes a receiver that waits for anyone. */
void ipc_notify(struct env *env, uint32_t bits);

/* Ends the wait of an env, with this result. */
void ipc_give_up(struct env *env, int result);

/* Takes a dead env out of every queue, and tells all who wait for it. */
void ipc_env_died(struct env *env);

/* ---- the fast paths ----
 *
 * A hand-over: `from`, which runs, waits to receive, from its callee, or after a reply from anyone;
 * `to` has what it waited for, and runs in its place. ipc_call does that step by step. Where all of
 * this holds it is done at once (state_hand_over), in nasm/entry/sysenter.asm for words and for a
 * page, and in faultcall.c for a fault. What is tested where:
 *
 *  | must hold                              | words, a page   | fault           | answer to a fault
 *  |----------------------------------------|-----------------|-----------------|------------------
 *  | the lock is held, `from` runs here     | OWN_LOCK_OR for | fault_page      | LOCK_OR
 *  |                                        | words; LOCK_OR  |                 |
 *  | the switch has nothing more to see to  | PARTNER_HERE_OR | trap_page_fault,| PARTNER_HERE_OR
 *  |   (FPU, ports, a hook), `to` ran here  |                 |   else resume   |
 *  | `to` lives                             | PARTNER_HERE_OR | faultcall_begin | PARTNER_HERE_OR
 *  | `to` waits to receive, from `from` or  | fast_partner    | fast_partner    | in_fault_call,
 *  |   from anyone                          |                 |                 |   partner
 *  | `to` is not stopped, has no time-out   | fast_partner    | fast_partner    | stopped; here and
 *  |   and no ports, came by sysenter, and  |                 |                 |   trap_run see to
 *  |   publishes nothing                    |                 |                 |   the rest
 *  | `from` has no bits and no senders, or  | .reply          | is a caller     | faultcall_answer_
 *  |   is a caller                          |                 |                 |   fast
 *  | `from` sets no bounds, and publishes   | its flags, all  | FAULT_FLAGS     | its flags, all
 *  |   nothing                              |                 |                 |
 */

/* Debug builds: asserts that, before each hand-over. `partner`: whom `from` will wait for. True. */
bool ipc_check_hand_over(const struct env *from, const struct env *to, envid_t partner);

/* The page that `from`, calling, sends along to `to`, whose fast path is open for it. Its own space
 * must be left at once. False: it is for ipc_call, and nothing has changed. */
bool ipc_pass_page(struct env *from, struct env *to);

/* ---- for faultcall.c ---- */

enum { FAULT_FLAGS = IPC_SEND | IPC_RECV | IPC_FAULT_CALL | IPC_WORDS(FAULT_WORDS) };

/* IPC_* of the call that the env makes or waits in: its registers have them, but for a fault. One
 * that waits for another pager has none. */
static inline uint32_t ipc_flags(const struct env *env)
{
	if (!env->in_fault_call) {
		return env->tf.eax;
	}
	return env->info->waits && env->info->partner == env->id ? 0 : FAULT_FLAGS;
}

static inline uint32_t ipc_words(uint32_t flags)
{
	return flags >> IPC_WORDS_SHIFT & IPC_WORDS_MASK;
}

/* The wait is over; the env has its result but is not queued yet. One in a fault call has registers
 * that are not ours: it runs its instruction again, or meets the refusal when it runs. */
void ipc_end_wait(struct env *env, int result);

/* The message of the running env, which is checked, to `to`. Who runs next. */
struct env *ipc_send(struct env *env, struct env *to);

/* Moves the page run that the sender names into the receiver's window as far as it goes. Pages
 * moved, or why not even one. */
int ipc_move_pages(struct env *from, struct env *to);
