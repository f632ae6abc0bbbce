/* The kernel locks: a fair one over all kernel state, and one for each CPU.
 *
 * A CPU takes its own for words that pass between two of its envs (nasm/entry/sysenter.asm), and
 * for nothing else: it is inside. Who takes the lock of all has waited until nobody is, and nobody
 * gets inside until it is given back. So who holds it holds all; docs/design/locks.md says why.
 *
 * Who waits answers shootdown and eviction requests meanwhile (cpu_answer), so a holder may
 * wait for another CPU's answer without deadlock. Interrupts are off whenever it is held or
 * waited for, but for the poke that ends a halt. Finer locks replace it data structure by data
 * structure: every function whose data it guards asserts lock_held() (in a debug build). */
#pragma once

#include "kernel/base/debug.h"
#include "kernel/cpu/cpu.h"

/* Take the lock for `cpu`, this CPU. May find on return that cpu->env was taken away. */
void lock_acquire(struct cpu *cpu);
static inline void lock_release(void);

/* The release that nasm/entry/sysenter.asm makes, and the rest of it if somebody waits. */
void lock_wake_next(void);
extern uint32_t lock_next, lock_serving;

/* How often who waits looks at a lock before something else is tried: first in quick succession,
 * to outlast a call of somebody else's; then with a pause each, which costs a turn of an
 * emulator. */
enum { LOCK_QUICK_LOOKS = 2000, LOCK_LOOKS = 64 };

extern struct cpu *lock_holder; /* written by the holder only, in debug builds */

/* Notes who has taken the lock: also in nasm/entry/sysenter.asm. */
static inline void lock_taken(struct cpu *cpu)
{
	if (DEBUG) {
		lock_holder = cpu;
	}
}

/* Whether this CPU holds the lock of all: for debug_assert. */
static inline bool lock_held(void)
{
	return lock_holder == this_cpu();
}

/* Whether this CPU holds its own: likewise. */
static inline bool lock_own_held(void)
{
	return ONE_CPU || this_cpu()->inside;
}

static inline void lock_release(void)
{
	if (ONE_CPU) {
		return;
	}
	lock_taken(NULL);
	if (__atomic_add_fetch(&lock_serving, 1, __ATOMIC_SEQ_CST) !=
	    __atomic_load_n(&lock_next, __ATOMIC_SEQ_CST)) {
		lock_wake_next();
	}
}
