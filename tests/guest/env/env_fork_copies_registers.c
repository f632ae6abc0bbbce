/* The new env has the registers of the copied one, 0 as result, no memory, is stopped, and knows
 * its parent and controller, also when a controller copies an env of its own. */
#include "tests/guest/peers.h"

static void waits(uint32_t arg)
{
	(void)arg;
	(void)recv_word(0, NULL);
}

int main(void)
{
	envid_t self = env_page->id, like = peer_start(waits, 0), copy;
	struct env_regs a, b;

	await_ipc(like, 0);
	copy = sys_env_fork(like, 16);
	CHECK(copy > 0);
	CHECK_EQ(record(copy)->parent, like);
	CHECK_EQ(record(copy)->controller, self);
	CHECK_EQ(record(copy)->pager, record(like)->pager);
	CHECK_EQ(record(copy)->status, ENV_NOT_RUNNABLE);
	CHECK_EQ(record(copy)->pages, ENV_FIXED_PAGES);
	CHECK_EQ(record(copy)->waits, 0);
	CHECK_EQ(sys_env_get_regs(like, &a), OK);
	CHECK_EQ(sys_env_get_regs(copy, &b), OK);
	CHECK_EQ(b.eax, 0);
	CHECK_EQ(a.edi, b.edi);
	CHECK_EQ(a.esi, b.esi);
	CHECK_EQ(a.ebp, b.ebp);
	CHECK_EQ(a.ebx, b.ebx);
	CHECK_EQ(a.eip, b.eip);
	CHECK_EQ(a.esp, b.esp);
	CHECK_EQ(a.eflags, b.eflags);
	env_run(copy); /* without memory it faults at once, and that ends it alone */
	await_death(copy);
	CHECK_EQ(send_word(like, 0, 0), 0);
	peers_end();
	return 0;
}
