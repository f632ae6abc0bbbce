/* The start-up code of other CPUs, in nasm/boot/trampoline.asm. */
#pragma once

#include "kernel/abi/types.h"

enum { TRAMPOLINE = 0x8000 }; /* where it runs: a page below 640 KiB */

struct trampoline_mail {
	uint32_t pgdir, stack, entry;
};

extern char trampoline_code[], trampoline_end[];
extern struct trampoline_mail trampoline_mail;

/* Where a started CPU enters C, on its own stack. */
_Noreturn void smp_entry(void);
