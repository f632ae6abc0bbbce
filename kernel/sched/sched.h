/* Scheduling: one ready queue per CPU, whose rules are runqueue.c's. Lock held, but where it
 * says. */
#pragma once

#include "kernel/base/x86.h"
#include "kernel/cpu/cpu.h"
#include "kernel/env/env.h"
#include "kernel/machine/time.h"

/* The time, in beats of the run queues. */
static inline uint32_t sched_now(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return high << (32 - BEAT_SHIFT) | low >> BEAT_SHIFT;
}

/* Queues a ready env: on the CPU it prefers or ran on last, or on an idle one, which is woken. */
void sched_enqueue(struct env *env);
/* Queues a ready env on the CPU where somebody runs who shall go on first. An idle CPU comes for it
 * when that one has given up its CPU, or at its next tick. */
void sched_enqueue_behind(struct env *env, struct cpu *cpu);

/* Sets the stopped flag and takes it off its CPU or queue. IPC goes on. */
void sched_stop(struct env *env);
/* Queues it if it is neither stopped, waiting nor queued. */
void sched_wake(struct env *env);

/* SYS_YIELD: the running env gives up its turn, and another env runs on this CPU if one waits
 * there, or anywhere. OK. */
int sched_yield(struct env *env);
/* The timer of this CPU interrupted; who runs next. NULL: find_env. */
struct env *sched_tick(struct cpu *cpu);

/* Who waits in this queue without being first need not wait where a CPU is idle. */
void sched_call_idle(const struct runqueue *queue);

/* The env whose runner this is; NULL for NULL. */
struct env *sched_env_of(const struct runner *runner);
