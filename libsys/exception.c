/* The names of processor exceptions (Intel SDM vol. 3, table 6-1), and of usual page faults. */
#include "libsys/exception.h"

#include "kernel/abi/memlayout.h"
#include "kernel/abi/page.h"

static const char *const exception_names[] = {
	[0] = "divide error",
	[1] = "debug exception",
	[3] = "breakpoint",
	[4] = "overflow",
	[5] = "bound range exceeded",
	[6] = "invalid opcode",
	[7] = "device not available",
	[10] = "invalid TSS",
	[11] = "segment not present",
	[12] = "stack fault",
	[13] = "general protection fault",
	[16] = "floating-point error",
	[17] = "alignment check",
	[19] = "SIMD floating-point error",
};

const char *exception_name(uint32_t vector)
{
	const uint32_t known = sizeof(exception_names) / sizeof(exception_names[0]);
	const char *name = vector < known ? exception_names[vector] : NULL;

	return name ? name : "exception";
}

/* A frame larger than a page can step over the guard page: below it, too, nothing lies but what a
 * program put there. Above it everything is there but on the JOS face, where a stack does not
 * grow. */
const char *exception_fault_kind(vaddr_t va, uint32_t err)
{
	const vaddr_t guard_least = STACK_BOTTOM - STACK_SIZE, xstack = UXSTACKTOP - PGSIZE;

	if ((err & FEC_PR) != 0) {
		return NULL;
	}
	if (va < PGSIZE) {
		return "null pointer";
	}
	if (va >= guard_least && va < USTACKTOP) {
		return "stack overflow";
	}
	return va >= USTACKTOP && va < xstack ? "exception stack overflow" : NULL;
}
