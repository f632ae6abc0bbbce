/* A new env starts with the FPU and SSE registers of the env it is a copy of, as they were then. */
#include "tests/guest/peers.h"

struct vector {
	uint32_t word[4];
} __attribute__((aligned(16)));

static void looks(uint32_t arg)
{
	struct vector now, other = {{~0u, ~0u, ~0u, ~0u}};
	uint32_t mxcsr;

	asm volatile("movaps %%xmm6, %0" : "=m"(now));
	asm volatile("stmxcsr %0" : "=m"(mxcsr));
	for (uint32_t i = 0; i < 4; i++) {
		CHECK_EQ(now.word[i], arg + i);
	}
	CHECK_EQ(mxcsr, 0x1F80 | (arg % 4) << 13);
	asm volatile("movaps %0, %%xmm6" ::"m"(other));
}

static void set(uint32_t arg)
{
	struct vector mine = {{arg, arg + 1, arg + 2, arg + 3}};
	uint32_t mxcsr = 0x1F80 | (arg % 4) << 13;

	asm volatile("movaps %0, %%xmm6" ::"m"(mine));
	asm volatile("ldmxcsr %0" ::"m"(mxcsr));
}

int main(void)
{
	for (uint32_t i = 0; i < 8; i++) {
		envid_t peer;

		set(1000 * i + i);
		peer = peer_make(looks, 1000 * i + i);
		set(77);
		env_run(peer);
		peer_join(peer);
	}
	return 0;
}
