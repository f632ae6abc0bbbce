/* A copy of an env that never used FPU and SSE finds them as after a reset, whatever its creator or
 * an env before it left there. */
#include "tests/guest/peers.h"

struct area { /* FXSAVE, SDM vol. 1, 10.5.1 */
	uint16_t control, status;
	uint8_t tags, reserved;
	uint16_t opcode;
	uint32_t ip, cs, dp, ds, mxcsr, mask;
	uint8_t st[8][16];
	uint8_t xmm[8][16];
	uint8_t rest[224];
} __attribute__((aligned(16)));
_Static_assert(sizeof(struct area) == 512, "the processor's format");

static struct area seen;

static void dirty(void)
{
	static const uint32_t value[4] __attribute__((aligned(16))) = {~0u, 1, 2, 3};
	static const uint32_t mxcsr = 0x7F80;
	static const uint16_t control = 0x0C7F;

	asm volatile("fldcw %0" ::"m"(control));
	asm volatile("ldmxcsr %0" ::"m"(mxcsr));
	asm volatile("fldpi");
	asm volatile("movaps %0, %%xmm0" ::"m"(value));
	asm volatile("movaps %0, %%xmm5" ::"m"(value));
	asm volatile("movaps %0, %%xmm7" ::"m"(value));
}

static void looks(uint32_t arg)
{
	asm volatile("fxsave %0" : "=m"(seen));
	CHECK_EQ(seen.control, 0x037F);
	CHECK_EQ(seen.status, 0);
	CHECK_EQ(seen.tags, 0);
	CHECK_EQ(seen.mxcsr, 0x1F80);
	CHECK_EQ(seen.ip, 0);
	CHECK_EQ(seen.dp, 0);
	for (uint32_t i = 0; i < 8; i++) {
		for (uint32_t byte = 0; byte < 16; byte++) {
			CHECK_EQ(seen.xmm[i][byte], 0);
			CHECK(byte >= 10 || seen.st[i][byte] == 0);
		}
	}
	if (arg) {
		dirty();
	}
}

int main(void)
{
	envid_t clean = bare_env(); /* before this program has used the FPU */

	for (uint32_t i = 0; i < 12; i++) {
		dirty();
		peer_join(peer_start_like(clean, looks, i % 2));
	}
	CHECK_EQ(sys_env_destroy(clean, 0), OK);
	return 0;
}
