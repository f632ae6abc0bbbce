/* One-instruction wrappers and hardware layouts (Intel SDM vol. 2 and 3). */
#pragma once

#include "kernel/abi/types.h"

/* SDM vol. 3, 2.5 */
enum {
	CR0_PE = 1 << 0,
	CR0_MP = 1 << 1,
	CR0_EM = 1 << 2,
	CR0_TS = 1 << 3,
	CR0_NE = 1 << 5,
	CR0_WP = 1 << 16,
	CR4_PSE = 1 << 4,
	CR4_PGE = 1 << 7,
	CR4_OSFXSR = 1 << 9,
	CR4_OSXMMEXCPT = 1 << 10,
};
#define CR0_PG 0x80000000u

/* EFLAGS, SDM vol. 1, 3.4.3 */
enum {
	FL_USER = 0x00000CD5, /* CF PF AF ZF SF DF OF: what a program may set */
	FL_FIXED = 0x00000002,
	FL_TF = 0x00000100,
	FL_IF = 0x00000200,
	FL_DF = 0x00000400,
	/* Pushed as 1 by a fault (SDM vol. 3, 18.3.1.1): of the entry, not the program's. */
	FL_RF = 0x00010000,
	FL_AC = 0x00040000,
	FL_ID = 0x00200000,
};

/* selectors: order of struct cpu's gdt */
enum {
	SEL_KCODE = 0x08,
	SEL_KDATA = 0x10,
	SEL_UCODE = 0x18 | 3,
	SEL_UDATA = 0x20 | 3,
	SEL_TSS = 0x28,
	SEL_DFTSS = 0x30, /* task entered on a double fault */
	GDT_ENTRIES = 7,
};

/* vectors */
enum {
	VEC_DEBUG = 1,
	VEC_NMI = 2,
	VEC_BREAKPOINT = 3,
	VEC_OVERFLOW = 4,
	VEC_NO_FPU = 7,
	VEC_DOUBLE_FAULT = 8,
	VEC_PAGE_FAULT = 14,
	VEC_LAST_EXCEPTION = 21, /* control protection */
	VEC_IRQ0 = 0x31,
	VEC_TIMER = 0x41,
	VEC_SPURIOUS = 0x4F, /* low four bits set: SDM vol. 3, 11.9 */
	/* Another CPU wants our attention; alone in its priority class (apic_only_pokes). */
	VEC_POKE = 0x50,
	VEC_COUNT = 0x51,
	VEC_STRIDE = 4, /* bytes per entry stub */
	/* in a trap frame only: who made it */
	VEC_SYSENTER = 0x100,
	VEC_PANIC,
};

/* model-specific registers: SDM vol. 3, 5.8.7 */
enum {
	MSR_SYSENTER_CS = 0x174,
	MSR_SYSENTER_ESP = 0x175,
	MSR_SYSENTER_EIP = 0x176,
};
enum { CPUID_SEP = 1 << 11, CPUID_SSE = 1 << 25 }; /* leaf 1, edx: SDM vol. 2, CPUID */

struct descriptor {
	uint32_t low, high;
};

struct descriptor_ptr {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

/* Task-state segment, SDM vol. 3, 8.2.1. */
struct tss {
	uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2;
	uint32_t cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trap, iomap;
};
_Static_assert(sizeof(struct tss) == 104, "SDM vol. 3, figure 8-2");

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* rcr0() .. lcr4(value): control registers. */
#define CONTROL_REGISTER(n)                                                                        \
	static inline uint32_t rcr##n(void)                                                        \
	{                                                                                          \
		uint32_t value;                                                                    \
		asm volatile("mov %%cr" #n ", %0" : "=r"(value));                                  \
		return value;                                                                      \
	}                                                                                          \
	static inline void lcr##n(uint32_t value)                                                  \
	{                                                                                          \
		asm volatile("mov %0, %%cr" #n : : "r"(value) : "memory");                         \
	}
CONTROL_REGISTER(0)
CONTROL_REGISTER(2)
CONTROL_REGISTER(3)
CONTROL_REGISTER(4)
#undef CONTROL_REGISTER

static inline void invlpg(vaddr_t va)
{
	asm volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline void clts(void)
{
	asm volatile("clts");
}

static inline void fxsave(void *area)
{
	asm volatile("fxsave (%0)" : : "r"(area) : "memory");
}

static inline void fxrstor(const void *area)
{
	asm volatile("fxrstor (%0)" : : "r"(area) : "memory");
}

static inline void pause(void)
{
	asm volatile("pause" : : : "memory");
}

/* Enables interrupts, halts until one comes, and disables them. What ends the halt comes in right
 * after sti's one-instruction delay (SDM vol. 2, STI), so it cannot slip in before it. */
static inline void wait_for_interrupt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

static inline uint64_t rdtsc(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value));
	return value;
}

static inline void wrmsr(uint32_t msr, uint32_t value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"(value), "d"(0));
}

/* Leaf 1: the processor's signature; its features. */
static inline uint32_t cpuid_1(uint32_t *features)
{
	uint32_t signature = 1;

	asm("cpuid" : "+a"(signature), "=d"(*features) : : "ebx", "ecx");
	return signature;
}

static inline void ltr(uint16_t selector)
{
	asm volatile("ltr %0" : : "r"(selector));
}

static inline void sgdt(struct descriptor_ptr *gdt)
{
	asm volatile("sgdt %0" : "=m"(*gdt));
}

static inline void lidt(const struct descriptor_ptr *idt)
{
	asm volatile("lidt %0" : : "m"(*idt));
}

static inline uint32_t read_ebp(void)
{
	uint32_t value;

	asm volatile("mov %%ebp, %0" : "=r"(value));
	return value;
}

static inline void copy_bytes(void *dst, const void *src, uint32_t nbytes)
{
	asm volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(nbytes) : : "memory");
}

/* rep stosl / rep movsl: words, not bytes. */
static inline void fill_words(void *dst, uint32_t value, uint32_t nwords)
{
	asm volatile("rep stosl" : "+D"(dst), "+c"(nwords) : "a"(value) : "memory");
}

static inline void copy_words(void *dst, const void *src, uint32_t nwords)
{
	asm volatile("rep movsl" : "+D"(dst), "+S"(src), "+c"(nwords) : : "memory");
}
