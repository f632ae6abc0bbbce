/* An env that is stopped and started at any moment, also on its way into the kernel, has each
 * system call executed exactly once. */
/* smp: 2 4 */
#include "tests/guest/peers.h"

enum { CALLS = 3000 };

static volatile uint32_t done;

static void calls(uint32_t arg)
{
	envid_t self = env_page->id;

	(void)arg;
	for (uint32_t i = 0; i < CALLS; i++) {
		CHECK_EQ(sys_self(), self);
		CHECK_EQ(sys_page_alloc(0, 0x20000000 | PTE_W, 1), 1);
		CHECK_EQ(sys_page_unmap(0, 0x20000000, 1), 1);
		done = i;
	}
}

int main(void)
{
	envid_t peer = peer_start(calls, 0);

	while (env_lives(peer)) {
		struct env_regs regs;

		if (sys_env_set(peer, ENV_RUN, 0) == OK) {
			CHECK(sys_env_get_regs(peer, &regs) == OK);
			(void)sys_env_set(peer, ENV_RUN, 1);
		}
		for (uint32_t i = 0; i < 500; i++) {
			asm volatile("pause");
		}
	}
	peer_join(peer);
	return 0;
}
