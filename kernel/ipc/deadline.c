/* Bounds of fault calls: of those that the kernel makes (faultcall.c), and of those that stubs
 * mark.
 *
 * They get into the wheel of time-outs late: a fault call is `undated` at first, in a list of its
 * CPU, and the next tick or halt of that CPU puts those in the wheel that still wait. So a fault
 * answered within a tick costs two tests, and an env whose faults are all answered so gets into the
 * list once a tick. Nobody takes an env out of that list before, dead or alive again or not.
 *
 * The clock measures pagers, not how many envs want a CPU: nobody ends whose pager is ready and has
 * had no whole turn since the clock started. Guarded by the kernel lock. */
#include "kernel/ipc/deadline.h"

#include "kernel/base/debug.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/env.h"
#include "kernel/ipc/ipc.h"
#include "kernel/sched/clock.h"

enum { STARVED_US = 1 << 19 }; /* until a fault call is looked at again whose pager had no turn */
/* Who has begun WHOLE_TURN slices has had one from its begin to its end. Pagers' pagers count, but
 * not for ever: calls that are marked as stubs' may wait for each other in a ring. */
enum { WHOLE_TURN = 2, CHAIN_MAX = 8 };

static bool waits_in_fault_call(const struct env *env)
{
	return env->info->waits && ipc_flags(env) & IPC_FAULT_CALL;
}

void deadline_defer(struct env *env)
{
	struct list *list = &this_cpu()->undated_calls;

	env->undated = true;
	list_insert(list, &env->undated_node, NULL); /* behind: some are taken a tick */
}

void deadline_begin(struct env *env)
{
	if (waits_in_fault_call(env) && env->fault_us && !env->undated) {
		deadline_defer(env);
	}
}

void deadline_changed(struct env *env)
{
	if (waits_in_fault_call(env)) {
		clock_cancel(env);
		deadline_begin(env);
	}
}

bool deadline_arm(struct cpu *cpu)
{
	uint32_t left = CLOCKS_MAX;
	struct env *env;

	debug_assert(lock_held());
	while ((env = list_owner(cpu->undated_calls.first, struct env, undated_node))) {
		if (!left--) {
			return true;
		}
		list_pop(&cpu->undated_calls);
		env->undated = false;
		if (waits_in_fault_call(env) && env->fault_us && !env->deadline) {
			const struct env *pager = env_lookup(NULL, env->info->partner);

			clock_wake_after(env, env->fault_us);
			env->pager_slices = pager ? pager->runner.slices : 0;
		}
	}
	return false;
}

/* Whether the pager of this fault call, or the pager of that, waits for a CPU, and has not had one
 * for a whole turn. */
static bool is_pager_starved(const struct env *env)
{
	const struct env *pager = env;
	uint32_t left = CHAIN_MAX;

	do {
		env = pager;
		pager = waits_in_fault_call(env) ? env_lookup(NULL, env->info->partner) : NULL;
	} while (pager && pager->info->waits && pager->deadline && --left);
	return pager && !pager->info->waits && !pager->stopped &&
	       pager->runner.slices - env->pager_slices < WHOLE_TURN;
}

void deadline_passed(struct env *env)
{
	if (is_pager_starved(env)) {
		clock_wake_after(env, STARVED_US);
	} else {
		ipc_give_up(env, E_TIMEOUT);
	}
}
