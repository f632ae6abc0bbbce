/* Whose turn it is on the host says which CPU executes. */
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wint-to-pointer-cast"
#define this_cpu hardware_this_cpu
#include_next "kernel/cpu/cpu.h"
#undef this_cpu
#pragma GCC diagnostic pop

extern struct cpu *race_cpu;

static inline struct cpu *this_cpu(void)
{
	return race_cpu;
}
