/* smp: 1
 * A program that overwrites what its env page says about its pager is helped by procmgr at its next
 * fault, which puts the right id there again; and who asks procmgr for a pager without need is not
 * harmed. */
#include "tests/guest/memory.h"

static volatile char blank[4 * PGSIZE] __attribute__((aligned(4096)));

static void touch(uint32_t page)
{
	CHECK_EQ(blank[page * PGSIZE], 0);
	blank[page * PGSIZE] = 1;
}

static int ask_for_pager(uint32_t frame_va)
{
	struct ipc_msg msg = {.w = {PM_PAGER, frame_va, (uint32_t)E_DEAD}, .nwords = 3};

	CHECK_EQ(ipc_call(process_manager, &msg, 0), OK);
	return (int)msg.w[0];
}

int main(void)
{
	static const uint32_t wrong[] = {0xFFFFFFFF, 0x7FFFF001};
	envid_t pager = env_page->pager;

	for (uint32_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		env_page->pager = (envid_t)wrong[i];
		touch(i);
		CHECK_EQ(env_page->pager, pager);
	}
	CHECK_EQ(ask_for_pager(0), OK);
	CHECK_EQ(ask_for_pager(0xFFFFFFFF), OK);
	CHECK_EQ(ask_for_pager(UXSTACKTOP - 1), OK);
	CHECK_EQ(env_page->pager, pager);
	touch(2);
	return 0;
}
