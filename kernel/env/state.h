/* The states of an env. They are written here and by the macros of nasm/env/state.inc, and nowhere else: `make check` refuses
 * other writers (scripts/states.py). Debug builds assert that each step is one of these. Guarded by the kernel lock.
 *
 *     life:   FREE --born--> ALIVE --die--> DEAD --free--> FREE
 *
 * An env that is alive is running, ready (in a run queue), waiting, or stopped. Stopped is a flag beside what it waits for, so
 * that IPC goes on:
 *
 *              start, ready               run
 *     STOPPED -----------------> READY <========> RUNNING
 *      ^   |                       ^     ready       |
 *      |   | start, while          | end_wait,       | wait; of a fault: begin_fault_call, wait
 *      |   v it waits              | ready           |
 *      +-- WAITING ----------------+                 |
 *     stop     ^-------------------------------------+
 *
 *  | event                                         | step             | who must be              | and is then
 *  |-----------------------------------------------|------------------|--------------------------|--------------------------
 *  | a slot is given to a new env                  | born             | FREE                     | ALIVE, stopped
 *  | ENV_RUN 1                                     | start            | ALIVE                    | not stopped
 *  | ENV_RUN 0, ENV_HALT, death                    | stop             | on no CPU, in no queue   | stopped, fast path closed
 *  | put into a queue, or overtaken                | ready            | not stopped, not waiting | RUNNABLE
 *  | chosen by a CPU, or by who hands over         | run              | not stopped, not waiting | RUNNING
 *  | an IPC must wait                              | wait             | running                  | waiting
 *  | the message of a queued call was taken        | wait             | waiting to send          | waiting to receive
 *  | it faults on path `ipc`                       | begin_fault_call | running                  | in a fault call
 *  | the pager of a fault call is gone             | wait             | in a fault call          | waiting for itself
 *  | message, time-out, partner's death            | end_wait         | waiting, or running      | not waiting
 *  | likewise, of a fault call                     | end_fault_call   | in a fault call          | not; perhaps refused
 *  | stopped, bounded, given ports                 | close_fast       | ALIVE                    | fast path closed
 *  | evicted between a trap and its handling       | owe_trap         | running                  | resumes in its upcall
 *  | what it owed is seen to, or its registers set | resume_plainly   | ALIVE                    | resumes as it is
 *  | it is destroyed                               | die              | stopped                  | DEAD, nobody's partner
 *  | nobody waits for it or is controlled by it    | dead             | DEAD                     | DYING in its record
 *  | torn down, and reaped if somebody asked       | free             | DEAD                     | FREE
 */
#pragma once

#include "kernel/env/env.h"

/* Whether it could run: it is in a queue then, or on a CPU. */
static inline bool state_can_run(const struct env *env)
{
	return !env->stopped && !env->info->waits;
}

static inline void state_close_fast(struct env *env)
{
	env->fast_partner = FAST_NOBODY;
}

/* ---- birth and death ---- */

/* Its public record is zero. */
static inline void state_born(struct env *env)
{
	debug_assert(env->life == LIFE_FREE && !env->info->waits);
	env->life = LIFE_ALIVE;
	env->stopped = true;
	env->awaited = env->in_fault_call = false;
	env->on_resume = ON_RESUME_NOTHING;
	env->info->status = ENV_NOT_RUNNABLE;
	state_close_fast(env);
}

static inline void state_die(struct env *env)
{
	debug_assert(env->life == LIFE_ALIVE && env->stopped && !env->runner.on);
	env->life = LIFE_DEAD;
}

static inline void state_dead(struct env *env)
{
	debug_assert(env->life == LIFE_DEAD && !env->info->waits);
	env->info->status = ENV_DYING;
}

static inline void state_free(struct env *env)
{
	debug_assert(env->info->status == ENV_DYING);
	env->life = LIFE_FREE;
	env->info->status = ENV_FREE;
}

/* ---- stopped, ready, running ---- */

static inline void state_start(struct env *env)
{
	debug_assert(env->life == LIFE_ALIVE);
	env->stopped = false;
}

static inline void state_stop(struct env *env)
{
	debug_assert(env->life == LIFE_ALIVE && !env->runner.on);
	env->stopped = true;
	env->info->status = ENV_NOT_RUNNABLE;
	state_close_fast(env);
}

static inline void state_ready(struct env *env)
{
	debug_assert(env->life == LIFE_ALIVE && state_can_run(env));
	env->info->status = ENV_RUNNABLE;
}

static inline void state_run(struct env *env)
{
	debug_assert(env->life == LIFE_ALIVE && state_can_run(env) && !env->runner.on);
	env->info->status = ENV_RUNNING;
}

/* ---- waiting ---- */

/* `fast`: the partner, if the fast path may end this wait; or FAST_NOBODY. */
static inline void state_wait(struct env *env, enum env_waits waits, envid_t partner, envid_t fast)
{
	debug_assert(env->info->waits == WAITS_NOT
	                     ? env->info->status == ENV_RUNNING
	                     : env->info->waits == WAITS_TO_SEND || env->in_fault_call);
	env->fast_partner = fast;
	env->info->waits = waits;
	env->info->partner = partner;
	env->info->status = ENV_NOT_RUNNABLE;
}

/* It has what it waited for, if it did, but is neither queued nor running yet. */
static inline void state_end_wait(struct env *env)
{
	state_close_fast(env);
	env->info->waits = WAITS_NOT;
}

/* Somebody waits, or has waited, to receive from it alone. */
static inline void state_note_awaited(struct env *env)
{
	env->awaited = true;
}

/* ---- faults and traps ---- */

static inline void state_begin_fault_call(struct env *env)
{
	debug_assert(env->info->status == ENV_RUNNING && !env->in_fault_call);
	env->in_fault_call = true;
}

/* A result < 0 refuses: it is told when it resumes. */
static inline void state_end_fault_call(struct env *env, int result)
{
	debug_assert(env->in_fault_call && env->on_resume == ON_RESUME_NOTHING);
	env->in_fault_call = false;
	if (result < 0) {
		env->on_resume = ON_RESUME_REFUSED;
		env->refusal = result;
	}
}

static inline void state_owe_trap(struct env *env)
{
	debug_assert(env->info->status == ENV_RUNNING);
	env->on_resume = ON_RESUME_TRAP;
}

static inline void state_resume_plainly(struct env *env)
{
	env->on_resume = ON_RESUME_NOTHING;
}
