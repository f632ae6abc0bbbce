/* FPU and SSE registers around a handler. No state: the env page says whether they have been
 * used. */
#include "libsys/fpu.h"
#include "libsys/syscall.h"

enum { VECTOR_FPU = 16, VECTOR_SIMD = 19, MXCSR_AT_RESET = 0x1F80 };

struct state {
	uint8_t bytes[512]; /* as FXSAVE writes them (SDM vol. 1, 10.5.1) */
} __attribute__((aligned(16)));

/* Not inline: others need no room for the state on their stack, which may be the exception
 * stack. */
static __attribute__((noinline)) void call_between(void (*handler)(void *frame), void *frame)
{
	const uint32_t mxcsr = MXCSR_AT_RESET;
	struct state state;

	asm volatile("fxsave %0\n\tfninit\n\tldmxcsr %1" : "=m"(state) : "m"(mxcsr));
	handler(frame);
	asm volatile("fxrstor %0" : : "m"(state));
}

void fpu_call(void (*handler)(void *frame), void *frame, uint32_t vector)
{
	if (env_page->fpu == 0 || vector == VECTOR_FPU || vector == VECTOR_SIMD) {
		handler(frame);
	} else {
		call_between(handler, frame);
	}
}
