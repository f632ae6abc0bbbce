/* The way out of the kernel. */
#pragma once

struct cpu;
struct env;

/* Runs `next`, or whom the queue gives, or halts. Lock held; releases it. */
_Noreturn void resume(struct cpu *cpu, struct env *next);
/* After a CPU with more to do gave way to others, and no interrupt came in: halts, with a poke that
 * ends that. On an empty stack, interrupts off. */
_Noreturn void resume_again(void);
