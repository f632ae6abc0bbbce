/* JOS face: instructions that a program may use. */
#pragma once

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

/* What follows raises an exception: for programs that want to see it. */

#define JOS_PORT_FUNCTIONS(type, suffix)                                                           \
	static inline type in##suffix(int port)                                                    \
	{                                                                                          \
		type data;                                                                         \
                                                                                                   \
		asm volatile("in" #suffix " %w1, %0" : "=a"(data) : "d"(port));                    \
		return data;                                                                       \
	}                                                                                          \
	static inline void out##suffix(int port, type data)                                        \
	{                                                                                          \
		asm volatile("out" #suffix " %0, %w1" : : "a"(data), "d"(port));                   \
	}                                                                                          \
	static inline void ins##suffix(int port, void *addr, int count)                            \
	{                                                                                          \
		asm volatile("cld; rep ins" #suffix                                                \
		             : "+D"(addr), "+c"(count)                                             \
		             : "d"(port)                                                           \
		             : "memory", "cc");                                                    \
	}                                                                                          \
	static inline void outs##suffix(int port, const void *addr, int count)                     \
	{                                                                                          \
		asm volatile("cld; rep outs" #suffix                                               \
		             : "+S"(addr), "+c"(count)                                             \
		             : "d"(port)                                                           \
		             : "memory", "cc");                                                    \
	}
JOS_PORT_FUNCTIONS(uint8_t, b)
JOS_PORT_FUNCTIONS(uint16_t, w)
JOS_PORT_FUNCTIONS(uint32_t, l)
#undef JOS_PORT_FUNCTIONS

#define JOS_CONTROL_REGISTER(name)                                                                 \
	static inline uint32_t r##name(void)                                                       \
	{                                                                                          \
		uint32_t value;                                                                    \
                                                                                                   \
		asm volatile("movl %%" #name ", %0" : "=r"(value));                                \
		return value;                                                                      \
	}                                                                                          \
	static inline void l##name(uint32_t value)                                                 \
	{                                                                                          \
		asm volatile("movl %0, %%" #name : : "r"(value));                                  \
	}
JOS_CONTROL_REGISTER(cr0)
JOS_CONTROL_REGISTER(cr2)
JOS_CONTROL_REGISTER(cr3)
JOS_CONTROL_REGISTER(cr4)
#undef JOS_CONTROL_REGISTER

static inline void invlpg(void *addr)
{
	asm volatile("invlpg (%0)" : : "r"(addr) : "memory");
}

static inline void tlbflush(void)
{
	lcr3(rcr3());
}

static inline void lidt(void *descriptor)
{
	asm volatile("lidt (%0)" : : "r"(descriptor));
}

static inline void lgdt(void *descriptor)
{
	asm volatile("lgdt (%0)" : : "r"(descriptor));
}

static inline void lldt(uint16_t selector)
{
	asm volatile("lldt %0" : : "r"(selector));
}

static inline void ltr(uint16_t selector)
{
	asm volatile("ltr %0" : : "r"(selector));
}
