/* Page faults as calls to the pager, in the name of the env that faults (path `ipc`). Lock held
 * throughout. */
#pragma once

#include "kernel/abi/types.h"

struct env;

/* The running env touched env->fault_va: calls its pager in its name. Returns who runs next. */
struct env *faultcall_begin(struct env *env);
/* If the env waits in a fault, it runs the instruction again, and may fault again. */
void faultcall_retry(struct env *env);

/* ---- for ipc.c ---- */

/* The message of an env in a fault call, as things are now. */
void faultcall_write_message(const struct env *from, struct env *to);

/* Does what the pager answers to a fault, whose env's wait is over. Pages moved. */
uint32_t faultcall_take_answer(struct env *from, struct env *to);

/* The fault waits for no clock and for nobody but faultcall_retry. */
void faultcall_await_pager(struct env *env);

/* ---- for nasm/entry/sysenter.asm: the fast paths of ipc.h ---- */

/* The running env's reply, with a receive from anyone, to `to`, in a fault call: if it is a page or
 * FAULT_ALLOC and nothing else is going on, who runs next; else NULL, and nothing has changed. */
struct env *faultcall_answer_fast(struct env *env, struct env *to);
