/* JOS face: instructions that a program may use. */
#ifndef PARLEY_LIBSYS_JOS_INC_X86_H
#define PARLEY_LIBSYS_JOS_INC_X86_H

#include "libsys/jos/inc/types.h"

static inline void breakpoint(void)
{
	asm volatile("int3");
}

static inline uint32_t read_eflags(void)
{
	uint32_t eflags;

	asm volatile("pushfl; popl %0" : "=r"(eflags));
	return eflags;
}

static inline void write_eflags(uint32_t eflags)
{
	asm volatile("pushl %0; popfl" : : "r"(eflags) : "cc", "memory");
}

static inline uint32_t read_ebp(void)
{
	uint32_t ebp;

	asm volatile("movl %%ebp, %0" : "=r"(ebp));
	return ebp;
}

static inline uint32_t read_esp(void)
{
	uint32_t esp;

	asm volatile("movl %%esp, %0" : "=r"(esp));
	return esp;
}

/* Each result may go nowhere. */
static inline void cpuid(uint32_t info, uint32_t *eaxp, uint32_t *ebxp, uint32_t *ecxp,
                         uint32_t *edxp)
{
	uint32_t eax = info, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	if (eaxp) {
		*eaxp = eax;
	}
	if (ebxp) {
		*ebxp = ebx;
	}
	if (ecxp) {
		*ecxp = ecx;
	}
	if (edxp) {
		*edxp = edx;
	}
}

static inline uint64_t read_tsc(void)
{
	uint64_t tsc;

	asm volatile("rdtsc" : "=A"(tsc));
	return tsc;
}

/* Stores newval and returns what was there, in one step. */
static inline uint32_t xchg(volatile uint32_t *addr, uint32_t newval)
{
	uint32_t result;

	asm volatile("lock; xchgl %0, %1" : "+m"(*addr), "=a"(result) : "1"(newval) : "cc");
	return result;
}

/* Ports: for programs that want to see the exception. */
static inline uint8_t inb(int port)
{
	uint8_t data;

	asm volatile("inb %w1, %0" : "=a"(data) : "d"(port));
	return data;
}

static inline void outb(int port, uint8_t data)
{
	asm volatile("outb %0, %w1" : : "a"(data), "d"(port));
}

#endif
