/* A bounded send, receive or call that finds no partner ends with E_TIMEOUT: never early, and not
 * absurdly late. Afterwards nothing of it is left in the partner's queue. */
#include "tests/guest/peers.h"

enum { LATE_US = 30000000 };

static const uint32_t bounds_us[] = {0, 1, 5000, 20000, 50000};
static envid_t parent, silent;

static void no_answer(uint32_t arg)
{
	(void)arg;
	(void)recv_word(0, NULL);
	CHECK_EQ(recv_word(parent, NULL), 9);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING); /* queue is empty */
}

static void check_bound(uint32_t flags, envid_t partner, uint32_t us)
{
	uint64_t start, took;

	env_page->send_us = flags & IPC_SEND_TIMEOUT ? us : 0;
	env_page->recv_us = flags & IPC_RECV_TIMEOUT ? us : 0;
	start = clock_us();
	CHECK_EQ(raw_ipc(flags, partner), E_TIMEOUT);
	took = clock_us() - start;
	if (took < us || took > us + LATE_US) {
		printf("flags 0x%x: %u us took %llu us\n", flags, us, (unsigned long long)took);
		exit(1);
	}
	CHECK(!record(parent)->waits);
}

int main(void)
{
	envid_t stopped = peer_make(no_answer, 0);

	parent = env_page->id;
	for (uint32_t i = 0; i < sizeof(bounds_us) / sizeof(bounds_us[0]); i++) {
		check_bound(IPC_SEND | IPC_SEND_TIMEOUT, stopped, bounds_us[i]);
		check_bound(IPC_SEND | IPC_RECV | IPC_SEND_TIMEOUT, stopped, bounds_us[i]);
		check_bound(IPC_RECV | IPC_RECV_TIMEOUT, 0, bounds_us[i]);
		check_bound(IPC_RECV | IPC_RECV_TIMEOUT, stopped, bounds_us[i]);
		check_bound(IPC_SEND | IPC_RECV | IPC_REPLY | IPC_RECV_TIMEOUT, 0, bounds_us[i]);
		silent = peer_start(no_answer, 0);
		await_ipc(silent, 0);
		check_bound(IPC_SEND | IPC_RECV | IPC_RECV_TIMEOUT, silent, bounds_us[i]);
		check_bound(IPC_SEND | IPC_RECV | IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT, stopped, 1);
		CHECK_EQ(send_word(silent, 9, 0), 0);
		peer_join(silent);
	}
	peer_kill(stopped);
	return 0;
}
