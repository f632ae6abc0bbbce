/* Scheduling: one ready queue per CPU, whose rules are runqueue.c's. Lock held, but where it says. */
#ifndef PARLEY_KERNEL_SCHED_SCHED_H
#define PARLEY_KERNEL_SCHED_SCHED_H

#include "kernel/cpu/cpu.h"
#include "kernel/env/env.h"
#include "kernel/base/x86.h"

/* The time, in beats of the run queues. */
static inline uint32_t sched_now(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return high << (32 - BEAT_SHIFT) | low >> BEAT_SHIFT;
}

/* Queues a ready env: on the CPU it prefers or ran on last, or on an idle one, which is woken. */
void sched_enqueue(struct env *env);
/* Queues a ready env on the CPU where somebody runs who shall go on first. An idle CPU comes for it when that one has
 * given up its CPU, or at its next tick. */
void sched_enqueue_behind(struct env *env, struct cpu *cpu);

/* SYS_YIELD: the running env gives up its turn, and another env runs on this CPU if one waits there, or anywhere. OK. */
int sched_yield(struct env *env);
/* The timer of this CPU interrupted; who runs next. NULL: find_work. */
struct env *sched_tick(struct cpu *cpu);

/* The env whose runner this is; NULL for NULL. */
struct env *sched_env_of(const struct runner *runner);

/* SYS_HINT of the running env (hint.c), as far as it goes without the lock, so that no number of them keeps others
 * waiting: nonsense is refused, queries are answered, and what is one hint too many in this age is ignored. False:
 * it is valid, and for hint_call. */
bool hint_call_unlocked(struct env *env);
/* The rest, with the lock. Others may run here after it. */
int hint_call(struct env *env);

static inline bool hint_is_done(struct env *env)
{
	return (env->tf.eax & 0xFF) == SYS_HINT && hint_call_unlocked(env);
}

/* Leaves the kernel: runs `next`, or whom the queue gives, or halts. Releases the lock. */
_Noreturn void sched_run(struct cpu *cpu, struct env *next);

#endif
