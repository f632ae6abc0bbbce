/* System calls on envs (kernel/abi/syscall.h). The arguments are in the caller's registers; each
 * returns a status. Lock held; none blocks. After destroy or set the caller may be gone or
 * stopped. */
#pragma once

#include "kernel/abi/types.h"

struct env;

int envcall_fork(struct env *caller);
int envcall_destroy(struct env *caller);
int envcall_set(struct env *caller);
int envcall_regs(struct env *caller);
int envcall_reap(struct env *caller);
