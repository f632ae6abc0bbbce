/* The registers that entry to the kernel saves. */
#pragma once

#include "kernel/abi/types.h"

/* What entry saves. For an env this is the head of struct env: the processor itself pushes there,
 * because esp0 of the CPU that runs the env points at the frame's end. Segment registers are not
 * state: they are flat, always, and entry and exit set them so. */
struct trapframe {
	uint32_t edi, esi, ebp, kesp, ebx, edx, ecx, eax; /* pusha */
	uint32_t vector, err;                             /* stub, or the processor */
	uint32_t eip, cs, eflags;                         /* the processor */
	uint32_t esp, ss;                                 /* only from user mode */
};
