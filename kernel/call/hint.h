/* SYS_HINT. */
#pragma once

#include "kernel/abi/syscall.h"
#include "kernel/env/env.h"

/* SYS_HINT of the running env (hint.c), as far as it goes without the lock, so that no number of
 * them keeps others waiting: nonsense is refused, queries are answered, and what is one hint too
 * many in this age is ignored. False: it is valid, and for hint_call. */
bool hint_call_unlocked(struct env *env);
/* The rest, with the lock. Others may run here after it. */
int hint_call(struct env *env);

static inline bool hint_is_done(struct env *env)
{
	return (env->tf.eax & 0xFF) == SYS_HINT && hint_call_unlocked(env);
}
