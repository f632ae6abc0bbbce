/* Bounds of fault calls. */
#pragma once

struct cpu;
struct env;

/* An env that waits in a fault call is undated now, and was not: deadline_arm sees to its bound. Lock held. */
void deadline_defer(struct env *env);
/* Starts the clock of this CPU's undated calls that still wait. From its ticks, and before it halts. Lock held. */
void deadline_arm(struct cpu *cpu);

/* The wait of this env has lasted for as long as it may: it ends with E_TIMEOUT, unless it is for a pager that had no turn. Lock held. */
void deadline_passed(struct env *env);
