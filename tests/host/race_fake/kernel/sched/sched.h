/* The clock of the race explorer. */
#ifndef PARLEY_TESTS_HOST_RACE_FAKE_KERNEL_SCHED_H
#define PARLEY_TESTS_HOST_RACE_FAKE_KERNEL_SCHED_H

#define sched_yield kernel_sched_yield /* the C library has another */
#define sched_now hardware_sched_now
#include_next "kernel/sched/sched.h"
#undef sched_now

static inline uint32_t sched_now(void)
{
	return rdtsc() >> BEAT_SHIFT;
}

#endif
