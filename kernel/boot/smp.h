/* The start-up code of other CPUs, in nasm/boot/trampoline.asm. */
#pragma once

#include "kernel/abi/types.h"

enum { TRAMPOLINE = 0x8000 }; /* where it runs: a page below 640 KiB */

/* What a CPU that starts finds. `starts` is the APIC id of the CPU that it is for: that CPU takes
 * it, or who waits for it takes it back, each by an atomic exchange for STARTS_NOBODY. So a CPU
 * that comes too late uses nothing of what stands beside it. */
struct trampoline_mail {
	uint32_t pgdir, stack, entry;
	paddr_t lapic_id; /* the local APIC's register of its id: each CPU finds its own there */
	uint32_t starts;
};

enum { STARTS_NOBODY = 0xFFFFFFFF };

extern char trampoline_code[], trampoline_end[];
extern struct trampoline_mail trampoline_mail;

/* Where a started CPU enters C, on its own stack. */
_Noreturn void smp_entry(void);
