/* Scheduling: one ready queue per CPU, whose rules are runqueue.c's. Lock held in all. */
#ifndef PARLEY_KERNEL_SCHED_H
#define PARLEY_KERNEL_SCHED_H

#include "kernel/abi/types.h"
#include "kernel/runqueue.h"
#include "kernel/x86.h"

struct cpu;
struct env;

/* After clock_init. */
void sched_init(void);

/* The time, in beats of the run queues. */
static inline uint32_t sched_now(void)
{
	return rdtsc() >> BEAT_SHIFT;
}

/* Queues a ready env: on the CPU it prefers or ran on last, or on an idle one, which is woken. */
void sched_enqueue(struct env *env);

/* The running env gives up its turn; who runs next (itself, if nobody waits on this CPU). */
struct env *sched_yield(struct cpu *cpu, struct env *env);
/* It lends the rest of its slice to `to`, which runs next. False: that was not possible, nothing changed. */
bool sched_yield_to(struct cpu *cpu, struct env *env, struct env *to);
/* The timer of this CPU interrupted; who runs next. NULL: find_work. */
struct env *sched_tick(struct cpu *cpu);

/* The env whose runner this is; NULL for NULL. */
struct env *sched_env_of(const struct runner *runner);

/* The CPU is awake: work that comes needs no poke. */
void sched_not_idle(struct cpu *cpu);

/* Leaves the kernel: runs `next`, or whom the queue gives, or halts. Releases the lock. */
_Noreturn void sched_run(struct cpu *cpu, struct env *next);

#endif
