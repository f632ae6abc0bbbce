/* Who sleeps is woken neither by a message nor by bits; the bits are there afterwards. */
#include "tests/guest/peers.h"

enum { SLEEP_US = 60000 };

static volatile uint64_t took;

static void sleeper(uint32_t arg)
{
	uint64_t start = clock_us();
	envid_t from;

	(void)arg;
	env_page->recv_us = SLEEP_US;
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_TIMEOUT, env_page->id), E_TIMEOUT);
	took = clock_us() - start;
	CHECK_EQ(recv_word(0, &from), 0x30000);
	CHECK_EQ(from, 0);
}

int main(void)
{
	envid_t peer = peer_start(sleeper, 0);

	await_ipc(peer, peer);
	CHECK_EQ(send_word(peer, 1, IPC_SEND_NOWAIT), E_NOT_WAITING);
	CHECK_EQ(sys_notify(peer, 0x10000), OK);
	CHECK_EQ(sys_notify(peer, 0x20000), OK);
	CHECK_EQ(sys_env_set(peer, ENV_RUN, 0), OK);
	CHECK_EQ(sys_env_set(peer, ENV_RUN, 1), OK);
	peer_join(peer);
	CHECK(took >= SLEEP_US);
	return 0;
}
