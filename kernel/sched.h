/* Round robin, one ready queue per CPU. */
#ifndef PARLEY_KERNEL_SCHED_H
#define PARLEY_KERNEL_SCHED_H

#include "kernel/abi/types.h"

struct cpu;
struct env;

/* Queues a ready env: on the CPU it ran on last, or on an idle CPU, which is woken. Lock held. */
void sched_enqueue(struct env *env);
/* Takes it out of its queue, if it is in one. Lock held. */
void sched_dequeue(struct env *env);
/* Puts the running env at the end of this CPU's queue; who runs next (maybe itself). Lock held. */
struct env *sched_rotate(struct cpu *cpu, struct env *env);

/* The CPU is awake: work that comes needs no poke. Lock held. */
void sched_not_idle(struct cpu *cpu);

/* Leaves the kernel: runs `next`, or whom the queue gives, or halts. Releases the lock. */
_Noreturn void sched_run(struct cpu *cpu, struct env *next);

#endif
