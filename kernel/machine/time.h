/* Time: the calibrated time-stamp counter, and ticks. */
#pragma once

#include "kernel/abi/types.h"

enum {
	TICK_SHIFT = 13, /* a tick is 2^13 microseconds: the quantum, and the grain of time-outs */
	TICK_US = 1 << TICK_SHIFT,
};

enum { BEAT_SHIFT = 10 }; /* a beat is 2^10 TSC counts: time in the run queues */

/* Measures TSC and the local APIC timer against the 8254, else against the ACPI timer at this port
 * (0: there is none), else stops. Boot CPU, after apic_init. */
void time_init(uint32_t acpi_timer_port);
extern uint32_t time_tsc_per_ms;
extern uint32_t time_timer_per_tick; /* local APIC timer counts per tick */

/* Since boot. The TSCs of all CPUs are taken to agree (they start together and nobody writes
 * them). */
uint64_t time_us(void);
static inline uint32_t time_ticks(void)
{
	return time_us() >> TICK_SHIFT;
}
/* Microseconds in so many beats of the scheduler. */
uint32_t time_beats_us(uint32_t beats);

/* a * b / c with a 64-bit product; the quotient must fit. */
uint32_t time_mul_div(uint32_t a, uint32_t b, uint32_t c);
