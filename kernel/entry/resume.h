/* The way out of the kernel. */
#pragma once

struct cpu;
struct env;

/* Runs `next`, or whom the queue gives, or halts. Lock held; releases it. */
_Noreturn void resume(struct cpu *cpu, struct env *next);
/* The rest of giving way, if no interrupt came in: halts, with a poke of its own that ends that. On
 * an empty stack, interrupts off. */
_Noreturn void give_way_halt(void);
