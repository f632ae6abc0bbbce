/* Scheduling: puts the rules of runqueue.c to work on envs, CPUs and timers. An env in a queue is neither
 * running nor waiting. No CPU is idle while an env is in a queue: what becomes ready goes to an idle CPU, which is
 * poked, and a CPU that runs dry takes from the longest queue. But who has a message as on JOS lets its sender go on first:
 * idle CPUs learn of it when the sender's CPU comes here.
 *
 * The timer of a CPU interrupts once, after a tick or at the end of the slice, whatever is first; in each tick
 * that the CPU runs an env there is an interrupt. Who begins a turn changes nothing about that: the end of its slice is a
 * tick away at least, but for what it owes, and then the late end is debt again. An idle CPU halts on the kernel's own page directory
 * and takes no ticks, unless a time-out pends. All guarded by the kernel lock. */
#include "kernel/sched/sched.h"

#include "kernel/machine/apic.h"
#include "kernel/sched/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/base/debug.h"
#include "kernel/env/env.h"
#include "kernel/fault/fault.h"
#include "kernel/base/hook.h"
#include "kernel/cpu/lock.h"
#include "kernel/base/section.h"
#include "kernel/call/syscall.h"
#include "kernel/base/x86.h"

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
	env->info->status = ENV_RUNNABLE;
	wake_cpu(runqueue_arrive(&env->runner, env->cpu->queue, sched_now()));
}

COLD void sched_enqueue_behind(struct env *env, struct cpu *cpu)
{
	debug_assert(lock_held() && !env->runner.on);
	env->info->status = ENV_RUNNABLE;
	runqueue_append(&env->runner, cpu->queue, sched_now());
}

/* Who waits in this queue without being first needs no longer wait where a CPU is idle. */
static void call_idle(const struct runqueue *queue)
{
	for (uint32_t n = queue->queued; n && runqueue_idle; n--) {
		wake_cpu(&runqueues[__builtin_ctz(runqueue_idle)]);
	}
}

/* A yield with nobody in the own queue. */
static COLD __attribute__((noinline)) int yield_elsewhere(struct env *env)
{
	struct cpu *cpu = env->cpu;
	struct runner *next = runqueue_exchange(cpu->queue, &env->runner, sched_now());

	if (next) {
		env->info->status = ENV_RUNNABLE;
		wake_cpu(env->runner.on);
		cpu_switch(cpu, sched_env_of(next));
	}
	return OK;
}

int sched_yield(struct env *env)
{
	struct cpu *cpu = env->cpu;

	if (!cpu->queue->queued) {
		return yield_elsewhere(env);
	}
	env->info->status = ENV_RUNNABLE;
	cpu_switch(cpu, sched_env_of(runqueue_yield(cpu->queue, &env->runner, sched_now())));
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
	call_idle(cpu->queue);
	switch (runqueue_tick(cpu->queue, &env->runner, now, env->page->preempt & HINT_NOT_NOW)) {
	case TURN_GOES_ON: return env;
	case TURN_EXTENDED: env->page->preempt |= HINT_EXTENDED; return env;
	default: break;
	}
	env->info->status = ENV_RUNNABLE;
	next = sched_env_of(runqueue_rotate(cpu->queue, &env->runner, now));
	if (env->runner.on) {
		wake_cpu(env->runner.on);
	}
	return next;
}

COLD void runqueue_breached(struct runqueue *queue, struct runner *runner, struct runner *culprit)
{
	struct cpu *cpu = &cpus[queue - runqueues];

	cpu->culprit = culprit && culprit != &queue->ring ? sched_env_of(culprit)->id : 0;
	hook_event(EVENT_BREACH, sched_env_of(runner), cpu->culprit);
}

static COLD _Noreturn void halt(struct cpu *cpu)
{
	cpu->in_halt = true;
	runqueue_idle |= cpu->queue->bit;
	clock_arm(cpu);
	if (cpu->ticking != (clock_pending > 0)) {
		cpu->ticking = clock_pending > 0;
		apic_timer_set(cpu->ticking ? clock_timer_per_tick : 0);
	}
	hook_event(EVENT_IDLE, NULL, 0);
	if (runqueue_idle == (1u << cpu_count) - 1 && !clock_pending) {
		syscall_irq(IRQ_STANDSTILL);
	}
	lock_release();
	trap_halt(cpu->kstack);
}

/* An env for this CPU, some teardown if there is none; or halts, for good as this entry goes. */
static COLD struct env *find_work(struct cpu *cpu)
{
	struct runner *runner;

	while (!(runner = runqueue_take(cpu->queue, sched_now()))) {
		cpu_leave(cpu);
		if (!env_teardown_step()) {
			halt(cpu);
		}
		lock_release();
		lock_acquire(cpu);
	}
	if (runqueue_idle) {
		call_idle(cpu->queue);
	}
	return sched_env_of(runner);
}

COLD void sched_run(struct cpu *cpu, struct env *next)
{
	debug_assert(lock_held());
	for (;;) {
		next = next ? next : find_work(cpu);
		cpu_switch(cpu, next);
		if (!next->due) {
			break;
		}
		next = fault_due(next);
	}
	if (!cpu->ticking) { /* the next interrupt of the timer */
		uint32_t left = cpu->queue->slice_end - sched_now();

		left = left < runqueue_quantum ? left : runqueue_quantum;
		apic_timer_set(clock_mul_div(left, clock_timer_per_tick, runqueue_quantum) + 1);
		cpu->ticking = true;
	}
	hook_event(EVENT_RESUME, next, 0);
	lock_release();
	trap_resume(&next->tf);
}
