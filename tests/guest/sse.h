/* For tests of where C is entered: a function as compilers make it for SSE2, whose local variables
 * are aligned only if the stack was; and what is in the registers. */
#pragma once

#include "tests/guest/check.h"

#define SSE __attribute__((target("sse2"), noinline))
#define ASM_SSE "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7"

struct vector {
	uint32_t word[4];
} __attribute__((aligned(16)));

/* MOVAPS to a local variable: an exception if that is not aligned. Then no register is what it
 * was. */
static SSE void sse_use_stack(void)
{
	volatile struct vector local;
	double one = 1;

	CHECK_EQ((uint32_t)&local % 16, 0);
	asm volatile("pcmpeqd %%xmm0, %%xmm0\n\tmovaps %%xmm0, %0" : "=m"(local));
	asm volatile("movaps %%xmm0, %%xmm1; movaps %%xmm0, %%xmm2; movaps %%xmm0, %%xmm3\n\t"
	             "movaps %%xmm0, %%xmm4; movaps %%xmm0, %%xmm5; movaps %%xmm0, %%xmm6\n\t"
	             "movaps %%xmm0, %%xmm7" ::);
	for (int i = 0; i < 8; i++) { /* there must be room for all of them */
		asm volatile("fldl %0" ::"m"(one));
	}
	asm volatile("fninit");
	CHECK_EQ(local.word[0] & local.word[1] & local.word[2] & local.word[3], 0xFFFFFFFF);
}

/* Fills the SSE registers and some of the x87's. */
static inline void sse_fill(uint32_t seed)
{
	struct vector v[8];
	double pi = 3.25;
	uint32_t mxcsr = 0x3F80;

	for (uint32_t i = 0; i < 32; i++) {
		v[i / 4].word[i % 4] = seed + i;
	}
	asm volatile("movaps 0(%0), %%xmm0; movaps 16(%0), %%xmm1; movaps 32(%0), %%xmm2\n\t"
	             "movaps 48(%0), %%xmm3; movaps 64(%0), %%xmm4; movaps 80(%0), %%xmm5\n\t"
	             "movaps 96(%0), %%xmm6; movaps 112(%0), %%xmm7; ldmxcsr %1\n\t"
	             "fninit; fldl %2; fldl %2; fldl %2" ::"r"(v),
	             "m"(mxcsr), "m"(pi)
	             : "memory");
}

static inline void sse_check(uint32_t seed)
{
	struct vector v[8];
	double pi[3] = {0};
	uint32_t mxcsr;

	asm volatile("movaps %%xmm0, 0(%1); movaps %%xmm1, 16(%1); movaps %%xmm2, 32(%1)\n\t"
	             "movaps %%xmm3, 48(%1); movaps %%xmm4, 64(%1); movaps %%xmm5, 80(%1)\n\t"
	             "movaps %%xmm6, 96(%1); movaps %%xmm7, 112(%1); stmxcsr %0\n\t"
	             "fstpl 0(%2); fstpl 8(%2); fstpl 16(%2)"
	             : "=m"(mxcsr)
	             : "r"(v), "r"(pi)
	             : "memory");
	for (uint32_t i = 0; i < 32; i++) {
		CHECK_EQ(v[i / 4].word[i % 4], seed + i);
	}
	CHECK_EQ(mxcsr, 0x3F80);
	for (uint32_t i = 0; i < 3; i++) {
		const uint32_t *word = (const uint32_t *)&pi[i];

		CHECK_EQ(word[0], 0);
		CHECK_EQ(word[1], 0x400A0000); /* 3.25 */
	}
}
