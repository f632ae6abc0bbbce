/* Synchronous IPC between envs (kernel/abi/ipc.h is the contract with user level). */
#ifndef PARLEY_KERNEL_IPC_H
#define PARLEY_KERNEL_IPC_H

#include "kernel/abi/types.h"

struct env;

/* SYS_IPC of the running env. Returns who runs next: the caller, its partner, or NULL when the
 * scheduler must choose. Results are in the registers of whoever is done. Lock held. */
struct env *ipc_call(struct env *env);

/* Sets pending bits; wakes a receiver that waits for anyone. */
void ipc_notify(struct env *env, uint32_t bits);

/* The running env touched env->fault_va: calls its pager in its name. Returns who runs next. */
struct env *ipc_fault(struct env *env);
/* If the env waits in a fault, it runs the instruction again, and may fault again. */
void ipc_retry_fault(struct env *env);

/* Whether the env waits for its pager's answer to a fault that the kernel, or its own stub, told. */
bool ipc_in_fault_call(const struct env *env);
/* env->fault_us has changed: the clock of a fault call that waits begins anew. */
void ipc_bound_fault(struct env *env);

/* Ends the wait of an env, with this result. */
void ipc_give_up(struct env *env, int result);

/* Takes a dead env out of every queue, and tells all who wait for it. */
void ipc_env_died(struct env *env);

/* ---- for nasm/sysenter.asm, which checks what is not said here ---- */

/* The running env's reply, with a receive from anyone, to `to`, which faults: if it is a page or
 * FAULT_ALLOC and nothing else is going on, who runs next; else NULL, and nothing has changed. */
struct env *ipc_answer(struct env *env, struct env *to);

/* The page that `from`, calling, sends along to `to`, which hears it. Its own space must be left at once.
 * False: it is for ipc_call, and nothing has changed. */
bool ipc_pass_page(struct env *from, struct env *to);

#endif
