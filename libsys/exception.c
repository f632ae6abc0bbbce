/* The names of processor exceptions (Intel SDM vol. 3, table 6-1). */
#include "libsys/exception.h"

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
	return name != NULL ? name : "exception";
}
