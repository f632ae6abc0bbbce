/* When the call that stops or kills a running env returns, that env executes nothing more: on this
 * CPU or another. A stopped one goes on where it was. */
#include "tests/guest/peers.h"

enum { ROUNDS = 30 };

static volatile uint32_t count;

static void spins(uint32_t arg)
{
	(void)arg;
	for (;;) {
		count++;
	}
}

static void await_progress(void)
{
	uint32_t was = count;

	while (count == was) {
		relax();
	}
}

static void check_still(void)
{
	uint32_t was = count;

	for (uint32_t i = 0; i < 2000; i++) {
		asm volatile("pause");
	}
	sys_yield();
	CHECK_EQ(count, was);
}

int main(void)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		envid_t peer = peer_start(spins, 0);

		await_progress();
		CHECK_EQ(sys_env_set(peer, ENV_RUN, 0), OK);
		check_still();
		CHECK_EQ(record(peer)->status, ENV_NOT_RUNNABLE);
		env_run(peer);
		await_progress();
		peer_kill(peer);
		check_still();
		CHECK(!env_lives(peer));
	}
	return 0;
}
