/* Time: the calibrated time-stamp counter, ticks, and the wheel of bounded waits. */
#ifndef PARLEY_KERNEL_SCHED_CLOCK_H
#define PARLEY_KERNEL_SCHED_CLOCK_H

#include "kernel/abi/types.h"

struct cpu;
struct env;

enum {
	TICK_SHIFT = 13, /* a tick is 2^13 microseconds: the quantum, and the grain of time-outs */
	TICK_US = 1 << TICK_SHIFT,
};

/* Measures TSC and the local APIC timer against the 8254, else against the ACPI timer at this port (0: there is
 * none), else stops. Boot CPU, after apic_init. */
void clock_init(uint32_t acpi_timer_port);
extern uint32_t clock_tsc_per_ms;
extern uint32_t clock_timer_per_tick; /* local APIC timer counts per tick */

/* Since boot. The TSCs of all CPUs are taken to agree (they start together and nobody writes them). */
uint64_t clock_us(void);
/* Microseconds in so many beats of the scheduler. */
uint32_t clock_beats_us(uint32_t beats);

/* a * b / c with a 64-bit product; the quotient must fit. */
uint32_t clock_mul_div(uint32_t a, uint32_t b, uint32_t c);

/* Arranges ipc_give_up(env, E_TIMEOUT) no sooner than `us` from now, for an env that waits. Lock held. */
void clock_wake_after(struct env *env, uint32_t us);
/* Notes an env, not noted yet, that waits in a fault call: clock_arm sees to its bound. Lock held. */
void clock_note(struct env *env);
/* Starts the clock of those noted on this CPU that still wait. From its ticks, and before it halts. Lock held. */
void clock_arm(struct cpu *cpu);
/* Forgets the env's time-out, if any. Lock held. */
void clock_cancel(struct env *env);
/* Fires what is due. Lock held. From timer ticks. */
void clock_expire(void);
/* Envs with a time-out: while there are any, a CPU that goes idle keeps ticking. Guarded by the kernel lock. */
extern uint32_t clock_pending;

#endif
