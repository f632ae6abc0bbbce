/* Exceptions of user programs: upcalls, and death where there is none. */
#pragma once

#include "kernel/abi/types.h"

struct env;

/* A page fault at `va`, the error code in the trap frame, of the running env. Returns who runs
 * next: the env (in its upcall), its pager, or NULL: it waits or is dead. Lock held. */
struct env *fault_page(struct env *env, vaddr_t va);
/* Another exception. Returns the env, to run its upcall, or NULL: it is dead. Lock held. */
struct env *fault_exception(struct env *env);
/* What env->on_resume says, of the env that this CPU has switched to. Likewise. */
struct env *fault_on_resume(struct env *env);

/* Optional (path `kernel`): true if it settled the fault. Lock held. */
bool kfault_page(struct env *env, vaddr_t va) __attribute__((weak));
