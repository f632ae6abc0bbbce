/* The kernel lock: one fair lock over all kernel state.
 *
 * Who waits answers shootdown and eviction requests meanwhile (cpu_answer), so a holder may
 * wait for another CPU's answer without deadlock. Interrupts are off whenever it is held or
 * waited for, but for the poke that ends a halt. Finer locks replace it data structure by data
 * structure: every function whose data it guards asserts lock_held() (in a debug build). */
#ifndef PARLEY_KERNEL_LOCK_H
#define PARLEY_KERNEL_LOCK_H

#include "kernel/cpu.h"

/* Take the lock for `cpu`, this CPU. May find on return that cpu->env was taken away. */
void lock_acquire(struct cpu *cpu);
void lock_release(void);

extern struct cpu *lock_holder; /* written by the holder only, in debug builds */

/* Whether this CPU holds the lock: for debug_assert. */
static inline bool lock_held(void)
{
	return lock_holder == this_cpu();
}

#endif
