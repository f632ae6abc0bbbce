/* SYS_HINT (kernel/abi/hint.h is the contract with user level). */
#ifndef PARLEY_KERNEL_HINT_H
#define PARLEY_KERNEL_HINT_H

#include "kernel/cpu.h"
#include "kernel/env.h"

/* Does the call in the running env's registers; returns who runs next. Lock held. */
struct env *hint_call(struct env *env);

/* Ignores the call, if it is one too many in this tick: before the lock is taken, so that a flood of hints
 * keeps nobody waiting. */
static inline bool hint_is_flood(struct cpu *cpu, struct env *env)
{
	if ((env->tf.eax & 0xFF) != SYS_HINT || ++cpu->hints <= HINTS_PER_TICK) {
		return false;
	}
	env->runner.ignored++;
	env->tf.eax = 0;
	return true;
}

#endif
