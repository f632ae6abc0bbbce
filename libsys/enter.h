/* The one way from C into the kernel (register convention: kernel/abi/syscall.h). */
#pragma once

#include "kernel/abi/types.h"

struct syscall_regs {
	uint32_t ebx, esi, edi, ebp;
};

/* Enters the kernel with eax and the four registers in *regs; stores the results there and
 * returns eax. Inline, so that what is not needed in memory stays in registers. */
static inline int syscall_raw(uint32_t eax, struct syscall_regs *regs)
{
	asm volatile("call syscall_stub" /* nasm/user/syscall.asm */
	             : "+a"(eax), "+b"(regs->ebx), "+S"(regs->esi), "+D"(regs->edi), "+c"(regs->ebp)
	             :
	             : "edx", "memory", "cc");
	return (int)eax;
}
