/* Bounds of fault calls. */
#pragma once

struct cpu;
struct env;

/* Notes an env, not noted yet, that waits in a fault call: deadline_arm sees to its bound. Lock held. */
void deadline_note(struct env *env);
/* Starts the clock of those noted on this CPU that still wait. From its ticks, and before it halts. Lock held. */
void deadline_arm(struct cpu *cpu);

/* The wait of this env has lasted for as long as it may: it ends with E_TIMEOUT, unless it is for a pager that had no turn. Lock held. */
void deadline_passed(struct env *env);
