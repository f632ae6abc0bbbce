/* Exceptions of user programs: upcalls, and death where there is none. */
#ifndef PARLEY_KERNEL_FAULT_H
#define PARLEY_KERNEL_FAULT_H

#include "kernel/abi/types.h"

struct env;

/* A page fault at `va`, the error code in the trap frame, or another exception, of the running env. Returns
 * the env, to run its upcall, or NULL: it is dead. Lock held. */
struct env *fault_page(struct env *env, vaddr_t va);
struct env *fault_exception(struct env *env);

#endif
