/* A clock and sleep, over the kernel's clock and its bounded receive. */
#include "libsys/time.h"

#include "libsys/ipc.h"

uint64_t clock_us(void)
{
	return sys_clock_us();
}

void sleep_ms(uint32_t ms)
{
	const uint32_t step_ms = UINT32_MAX / 1000; /* the longest that fits in microseconds */

	for (; ms > step_ms; ms -= step_ms) {
		ipc_sleep_us(step_ms * 1000);
	}
	ipc_sleep_us(ms * 1000);
}
