/* The way out of the kernel. */
#pragma once

struct cpu;
struct env;

/* Runs `next`, or whom the queue gives, or halts. Lock held; releases it. */
_Noreturn void resume(struct cpu *cpu, struct env *next);
