/* The states of an env. They are written here and by the macros of nasm/env/state.inc, and nowhere
 * else: `make check` refuses other writers (scripts/states.py). Guarded by the kernel lock.
 *
 *     life:   FREE --born--> ALIVE --die--> DEAD --free--> FREE
 *
 * An env that is alive is running, ready (in a run queue), waiting, or stopped. Stopped is a flag
 * beside what it waits for, so that IPC goes on:
 *
 *              start, ready               run
 *     STOPPED -----------------> READY <========> RUNNING
 *      ^   |                       ^     ready       |
 *      |   | start, while          | end_wait,       | wait; of a fault: begin_fault_call, wait
 *      |   v it waits              | ready           |
 *      +-- WAITING ----------------+                 |
 *     stop     ^-------------------------------------+
 *
 * While it waits to receive, the fast path may be open for its partner: then one word says that
 * nothing about it is special. */
#pragma once

#include "kernel/env/env.h"

/* Whether it could run: it is in a queue then, or on a CPU. */
static inline bool state_can_run(const struct env *env)
{
	return !env->stopped && !env->info->waits;
}

/* X(step, what must hold before, what is written), under the event that leads there:
 * state_STEP(env). Debug builds assert what must hold. */
#define STATE_STEPS(X)                                                                             \
	/* stopped, bounded, given ports: the fast path is closed */                               \
	X(close_fast, env->life == LIFE_ALIVE, env->fast_partner = FAST_NOBODY)                    \
	/* a slot is given to a new env, whose record is zero */                                   \
	X(born, env->life == LIFE_FREE && !env->info->waits,                                       \
	  env->awaited = env->in_fault_call = false;                                               \
	  env->on_resume = ON_RESUME_NOTHING; env->life = LIFE_ALIVE; state_close_fast(env);       \
	  env->stopped = true; env->info->status = ENV_NOT_RUNNABLE)                               \
	/* ENV_RUN 1 */                                                                            \
	X(start, env->life == LIFE_ALIVE, env->stopped = false)                                    \
	/* ENV_RUN 0, ENV_HALT, death: it is off its CPU and its queue */                          \
	X(stop, !env->runner.on, state_close_fast(env); env->stopped = true;                       \
	  env->info->status = ENV_NOT_RUNNABLE)                                                    \
	/* it gets into a queue, or its turn is over */                                            \
	X(ready, env->life == LIFE_ALIVE && state_can_run(env), env->info->status = ENV_RUNNABLE)  \
	/* a CPU takes it on */                                                                    \
	X(run, env->life == LIFE_ALIVE && state_can_run(env) && !env->runner.on,                   \
	  env->info->status = ENV_RUNNING)                                                         \
	/* message, time-out, partner's death: it has its result, but does not run yet */          \
	X(end_wait, env->life, env->fast_partner = FAST_NOBODY; env->info->waits = WAITS_NOT)      \
	/* somebody waits to receive from it alone */                                              \
	X(note_awaited, env->life == LIFE_ALIVE, env->awaited = true)                              \
	/* it faults on path `ipc`, and will wait for its pager */                                 \
	X(begin_fault_call, env->info->status == ENV_RUNNING && !env->in_fault_call,               \
	  env->in_fault_call = true)                                                               \
	/* it is destroyed */                                                                      \
	X(die, env->life == LIFE_ALIVE && env->stopped && !env->runner.on, env->life = LIFE_DEAD)  \
	/* nobody waits for it any more, and it controls nobody */                                 \
	X(dead, env->life == LIFE_DEAD && !env->info->waits, env->info->status = ENV_DYING)        \
	/* it is torn down, and reaped if somebody asked */                                        \
	X(free, env->info->status == ENV_DYING, env->life = LIFE_FREE; env->info->status = ENV_FREE)

#define STATE_STEP(step, before, writes)                                                           \
	static inline void state_##step(struct env *env)                                           \
	{                                                                                          \
		debug_assert(before);                                                              \
		writes;                                                                            \
	}
STATE_STEPS(STATE_STEP)

/* An IPC must wait; a queued call was taken, and waits for its answer; the pager of a fault call is
 * gone. `fast`: the partner, if the fast path is open for it; or FAST_NOBODY. */
static inline void state_wait(struct env *env, enum env_waits waits, envid_t partner, envid_t fast)
{
	debug_assert(env->info->waits == WAITS_TO_SEND || env->in_fault_call ||
	             (!env->info->waits && env->info->status == ENV_RUNNING));
	env->fast_partner = fast;
	env->info->waits = waits;
	env->info->partner = partner;
	env->info->status = ENV_NOT_RUNNABLE;
}

/* A fast path: `to` has what it waited for and runs next; `from`, which runs, waits to receive. */
static inline void state_hand_over(struct env *from, struct env *to, envid_t partner, envid_t fast)
{
	state_end_wait(to);
	state_wait(from, WAITS_TO_RECEIVE, partner, fast);
}

/* A fault is answered; or refused, by a result < 0, of which it is told when it resumes. */
static inline void state_end_fault_call(struct env *env, int result)
{
	debug_assert(env->in_fault_call && env->on_resume == ON_RESUME_NOTHING);
	env->in_fault_call = false;
	if (result < 0) {
		env->on_resume = ON_RESUME_REFUSED;
		env->refusal = result;
	}
}

/* It was evicted between a trap and its handling; or that is seen to, or its registers were set. */
static inline void state_on_resume(struct env *env, enum env_on_resume what)
{
	debug_assert(!env->info->waits && what != ON_RESUME_REFUSED);
	env->on_resume = what;
}
