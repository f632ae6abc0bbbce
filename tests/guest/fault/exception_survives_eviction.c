/* An exception counts even when the env is taken off its CPU at that very moment: each breakpoint
 * reaches the handler, however often another CPU looks at the env's registers. */
/* smp: 2 4 */
#include "tests/guest/upcalls.h"

enum { BREAKPOINTS = 10000 };

static volatile uint32_t handled;
static volatile bool over;

static void handler(struct utrapframe *utf)
{
	(void)utf;
	handled++;
}

static void breaks(uint32_t arg)
{
	(void)arg;
	for (uint32_t i = 0; i < BREAKPOINTS; i++) {
		asm volatile("int3");
		CHECK_EQ(handled, i + 1);
	}
	over = true;
}

/* Holds the kernel lock often, so that the others wait for it. */
static void disturbs(uint32_t arg)
{
	struct env_regs regs;

	while (!over && env_lives((envid_t)arg)) {
		(void)sys_env_get_regs(0, &regs);
	}
}

int main(void)
{
	envid_t peer;
	struct env_regs regs;

	(void)fault_set_exception_handler(handler);
	peer = peer_make(breaks, 0);
	give_xstack(peer);
	CHECK_EQ(sys_env_set(peer, ENV_XUPCALL, (uint32_t)fault_xupcall), OK);
	env_run(peer);
	(void)peer_start(disturbs, (uint32_t)peer);
	while (!over && env_lives(peer)) {
		(void)sys_env_get_regs(peer, &regs);
	}
	peers_end();
	return 0;
}
