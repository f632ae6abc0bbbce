/* Scheduling: puts the rules of runqueue.c to work on envs, CPUs and timers. An env in a queue is
 * neither running nor waiting. No CPU is idle while an env is in a queue: what becomes ready goes
 * to an idle CPU, which is poked, and a CPU that runs dry takes from the longest queue. But who has
 * a message as on JOS lets its sender go on first: idle CPUs learn of it when the sender's CPU
 * comes here. All guarded by the kernel lock. */
#include "kernel/sched/sched.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/ipc/deadline.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/time.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/switch.h"

struct env *sched_env_of(const struct runner *runner)
{
	return runner ? (struct env *)((char *)runner - offsetof(struct env, runner)) : NULL;
}

/* An env was put in this queue: its CPU shall know. */
static COLD void wake_cpu(const struct runqueue *queue)
{
	if (runqueue_idle & queue->bit) {
		runqueue_idle &= ~queue->bit;
		apic_poke(cpus[queue - runqueues].apic_id);
	}
}

COLD void sched_enqueue(struct env *env)
{
	debug_assert(lock_held() && !env->runner.on);
	state_ready(env);
	wake_cpu(runqueue_arrive(&env->runner, env->space.cpu->queue, sched_now()));
}

COLD void sched_enqueue_behind(struct env *env, struct cpu *cpu)
{
	debug_assert(lock_held() && !env->runner.on);
	state_ready(env);
	runqueue_append(&env->runner, cpu->queue, sched_now());
}

/* Who waits in this queue without being first needs no longer wait where a CPU is idle. */
void sched_call_idle(const struct runqueue *queue)
{
	for (uint32_t n = queue->queued; n && runqueue_idle; n--) {
		wake_cpu(&runqueues[__builtin_ctz(runqueue_idle)]);
	}
}

void sched_wake(struct env *env)
{
	if (state_can_run(env) && !env->runner.on && env->space.cpu->env != env) {
		sched_enqueue(env);
	}
}

void sched_stop(struct env *env)
{
	env_evict(env);
	if (env->space.cpu->env == env) {
		switch_leave(env->space.cpu); /* the caller itself */
	}
	runqueue_remove(&env->runner);
	state_stop(env);
}

/* A yield with nobody in the own queue. */
static COLD __attribute__((noinline)) int yield_elsewhere(struct env *env)
{
	struct cpu *cpu = env->space.cpu;
	struct runner *next = runqueue_exchange(cpu->queue, &env->runner, sched_now());

	if (next) {
		state_ready(env);
		wake_cpu(env->runner.on);
		switch_env(cpu, sched_env_of(next));
	}
	return OK;
}

int sched_yield(struct env *env)
{
	struct cpu *cpu = env->space.cpu;

	if (!cpu->queue->queued) {
		return yield_elsewhere(env);
	}
	state_ready(env);
	switch_env(cpu, sched_env_of(runqueue_yield(cpu->queue, &env->runner, sched_now())));
	return OK;
}

COLD struct env *sched_tick(struct cpu *cpu)
{
	struct env *env = cpu->env, *next;
	uint32_t now = sched_now();

	cpu->ticking = false;
	cpu->ticks++;
	if (!env) {
		return NULL;
	}
	sched_call_idle(cpu->queue);
	switch (runqueue_tick(cpu->queue, &env->runner, now, env->page->preempt & HINT_NOT_NOW)) {
	case TURN_GOES_ON: return env;
	case TURN_EXTENDED: env->page->preempt |= HINT_EXTENDED; return env;
	default: break;
	}
	state_ready(env);
	next = sched_env_of(runqueue_rotate(cpu->queue, &env->runner, now));
	if (env->runner.on) {
		wake_cpu(env->runner.on);
	}
	return next;
}

COLD void runqueue_breached(struct runqueue *queue, struct runner *runner, struct runner *culprit)
{
	struct cpu *cpu = &cpus[queue - runqueues];

	cpu->culprit = culprit && culprit != &queue->departed ? sched_env_of(culprit)->id : 0;
	hook_event(EVENT_BREACH, sched_env_of(runner), cpu->culprit);
}
