/* Round robin. Each CPU has a queue of ready envs; an env in a queue is neither running nor
 * waiting. Work moves when it becomes ready while its CPU is busy and another is idle (the idle one is
 * woken by an interprocessor interrupt), and when a CPU runs dry (it takes from the longest queue).
 *
 * An idle CPU halts on the kernel's own page directory. It takes no ticks, unless a time-out pends: then its
 * timer goes on, without a new start when it wakes up, or CPUs that are busy in turns shorter than a
 * tick would never come to one. All guarded by the kernel lock. */
#include "kernel/sched.h"

#include "kernel/apic.h"
#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/fault.h"
#include "kernel/hook.h"
#include "kernel/lock.h"

static uint32_t idle_cpus; /* bit per CPU that is halted and has not been poked since */

static void append(struct cpu *cpu, struct env *env)
{
	env->queued_on = cpu;
	env->queue_next = NULL;
	env->queue_prev = cpu->queue_tail;
	*(cpu->queue_tail ? &cpu->queue_tail->queue_next : &cpu->queue_head) = env;
	cpu->queue_tail = env;
	cpu->queued++;
	env->info->status = ENV_RUNNABLE;
}

void sched_dequeue(struct env *env)
{
	struct cpu *cpu = env->queued_on;

	if (!cpu) {
		return;
	}
	*(env->queue_prev ? &env->queue_prev->queue_next : &cpu->queue_head) = env->queue_next;
	*(env->queue_next ? &env->queue_next->queue_prev : &cpu->queue_tail) = env->queue_prev;
	env->queued_on = NULL;
	cpu->queued--;
}

void sched_enqueue(struct env *env)
{
	struct cpu *cpu = env->cpu;

	debug_assert(lock_held() && !env->queued_on);
	if (idle_cpus && !(idle_cpus & 1u << cpu->index)) {
		cpu = &cpus[__builtin_ctz(idle_cpus)];
	}
	append(cpu, env);
	if (idle_cpus & 1u << cpu->index) {
		idle_cpus &= ~(1u << cpu->index);
		apic_poke(cpu->apic_id);
	}
}

struct env *sched_rotate(struct cpu *cpu, struct env *env)
{
	if (!cpu->queue_head) {
		return env;
	}
	append(cpu, env);
	return NULL;
}

static struct env *longest_queue_head(void)
{
	struct cpu *longest = &cpus[0];

	for (uint32_t i = 1; i < cpu_count; i++) {
		if (cpus[i].queued > longest->queued) {
			longest = &cpus[i];
		}
	}
	return longest->queue_head;
}

static struct env *pick(struct cpu *cpu)
{
	struct env *env = cpu->queue_head ? cpu->queue_head : longest_queue_head();

	if (env) {
		sched_dequeue(env);
	}
	return env;
}

static void set_ticking(struct cpu *cpu, bool on)
{
	if (cpu->ticking == on) {
		return;
	}
	cpu->ticking = on;
	if (on) {
		apic_timer_start(clock_timer_per_tick);
	} else {
		apic_timer_stop();
	}
}

static _Noreturn void halt(struct cpu *cpu)
{
	cpu->in_halt = true;
	idle_cpus |= 1u << cpu->index;
	clock_arm(cpu);
	set_ticking(cpu, clock_pending());
	hook_event(EVENT_IDLE, NULL, 0);
	lock_release();
	trap_halt(cpu->kstack);
}

void sched_not_idle(struct cpu *cpu)
{
	idle_cpus &= ~(1u << cpu->index);
}

/* An env for this CPU, some teardown if there is none; or halts, for good as this entry goes. */
static struct env *find_work(struct cpu *cpu)
{
	struct env *env = pick(cpu);

	if (env) {
		return env;
	}
	cpu_leave(cpu);
	while (!(env = pick(cpu)) && env_teardown_step()) {
		lock_release();
		lock_acquire(cpu);
	}
	if (!env) {
		halt(cpu);
	}
	return env;
}

void sched_run(struct cpu *cpu, struct env *next)
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
	set_ticking(cpu, true);
	hook_event(EVENT_RESUME, next, 0);
	lock_release();
	trap_resume(&next->tf);
}
