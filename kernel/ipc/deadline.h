/* Bounds of fault calls (env->fault_us). Lock held throughout. */
#pragma once

#include "kernel/abi/types.h"

struct cpu;
struct env;

/* If the env, which waits, does so in a fault call that has a bound, its clock will start. */
void deadline_begin(struct env *env);
/* The same for one of which that is known, and that is not undated. */
void deadline_defer(struct env *env);
/* env->fault_us has changed: the clock of a fault call that waits begins anew. */
void deadline_changed(struct env *env);

/* Starts the clock of this CPU's undated calls that still wait. After CLOCKS_MAX calls it is over,
 * and true if there are more. From its ticks, and before it halts. */
bool deadline_arm(struct cpu *cpu);
/* The wait of this env has lasted for as long as it may: it ends with E_TIMEOUT, unless it is for a
 * pager that had no turn. */
void deadline_passed(struct env *env);
