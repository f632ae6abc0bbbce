/* Envs that compute different things in x87 and SSE registers do not disturb each other, through
 * preemption, yields, messages and moves between CPUs. */
#include "tests/guest/peers.h"

enum { WORKERS = 5, ROUNDS = 60, SPIN = 4000 };

struct vector {
	uint32_t word[4];
} __attribute__((aligned(16)));

static envid_t parent;

static void work(uint32_t arg)
{
	struct vector mine = {{arg, ~arg, arg * 0x01010101, arg ^ 0x5A5A5A5A}}, now;
	uint32_t mxcsr = 0x1F80 | (arg % 4) << 13, mxcsr_now;
	uint16_t control = 0x037F & ~(arg % 4 << 10), control_now;
	uint64_t real = arg * 1000003ull, real_now;
	struct ipc_msg msg = {.w = {arg}, .nwords = 1};

	asm volatile("fldcw %0" ::"m"(control));
	asm volatile("ldmxcsr %0" ::"m"(mxcsr));
	asm volatile("movaps %0, %%xmm0" ::"m"(mine));
	asm volatile("movaps %0, %%xmm7" ::"m"(mine));
	for (uint32_t round = 0; round < ROUNDS; round++) {
		asm volatile("fildll %0" ::"m"(real));
		switch (round % 3) {
		case 0:
			for (volatile uint32_t i = 0; i < SPIN; i++) {}
			break;
		case 1: sys_yield(); break;
		default: CHECK_EQ(ipc_call(parent, &msg, 0), OK); break;
		}
		asm volatile("fistpll %0" : "=m"(real_now));
		asm volatile("fnstcw %0" : "=m"(control_now));
		asm volatile("stmxcsr %0" : "=m"(mxcsr_now));
		asm volatile("movaps %%xmm0, %0" : "=m"(now));
		CHECK(memcmp(&now, &mine, sizeof(now)) == 0);
		asm volatile("movaps %%xmm7, %0" : "=m"(now));
		CHECK(memcmp(&now, &mine, sizeof(now)) == 0);
		CHECK_EQ(real_now, real);
		CHECK_EQ(control_now, control);
		CHECK_EQ(mxcsr_now, mxcsr);
	}
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 0};
	struct vector mine = {{1, 2, 3, 4}}, now;

	parent = env_page->id;
	for (uint32_t i = 0; i < WORKERS; i++) {
		(void)peer_start(work, i + 1);
	}
	asm volatile("movaps %0, %%xmm0" ::"m"(mine));
	for (uint32_t i = 0; i < WORKERS * ROUNDS / 3; i++) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
		CHECK_EQ(ipc_reply(msg.from, &msg), OK);
		asm volatile("movaps %%xmm0, %0" : "=m"(now));
		CHECK(memcmp(&now, &mine, sizeof(now)) == 0);
	}
	peers_end();
	return 0;
}
