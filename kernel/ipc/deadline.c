/* Bounds of fault calls. They get into the wheel of time-outs late: a fault call is `undated` at first, in a list of its
 * CPU, and the next tick or halt of that CPU puts those in the wheel that still wait. So a fault answered
 * within a tick costs two tests, and an env whose faults are all answered so gets into the list once a tick. Nobody takes an
 * env out of that list before, dead or alive again or not. Guarded by the kernel lock. */
#include "kernel/ipc/deadline.h"

#include "kernel/base/debug.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/env.h"
#include "kernel/ipc/faultcall.h"
#include "kernel/ipc/ipc.h"
#include "kernel/sched/clock.h"

enum { STARVED_US = 1 << 19 }; /* until a fault call is looked at again whose pager had no turn */

void deadline_defer(struct env *env)
{
	struct list *list = &this_cpu()->undated_calls;

	env->undated = true;
	list_insert(list, &env->undated_node, list->first);
}

void deadline_arm(struct cpu *cpu)
{
	struct env *env;

	debug_assert(lock_held());
	while ((env = list_owner(cpu->undated_calls.first, struct env, undated_node))) {
		list_remove(&cpu->undated_calls, &env->undated_node);
		env->undated = false;
		if (faultcall_waits(env) && env->fault_us && !env->deadline) {
			clock_wake_after(env, env->fault_us);
			faultcall_note_pager(env);
		}
	}
}

void deadline_passed(struct env *env)
{
	if (faultcall_starves(env)) {
		clock_wake_after(env, STARVED_US);
	} else {
		ipc_give_up(env, E_TIMEOUT);
	}
}
