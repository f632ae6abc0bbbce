/* Calls marked as page-fault stubs' can wait for each other in a ring, which pagers cannot: each
 * ends when its bound is over, and the machine goes on. */
#include "tests/guest/clients.h"

enum { RING = 3, BOUND_US = 100000, FLAGS = IPC_SEND | IPC_RECV | IPC_FAULT_CALL };

static volatile envid_t ids[RING];

static void call_the_next(uint32_t i)
{
	int result = raw_ipc(FLAGS, ids[(i + 1) % RING]);

	CHECK(result == E_TIMEOUT || result == E_DEAD);
}

int main(void)
{
	for (uint32_t i = 0; i < RING; i++) {
		ids[i] = peer_make(call_the_next, i);
		CHECK_EQ(sys_env_set(ids[i], ENV_FAULT_US, BOUND_US), OK);
	}
	for (uint32_t i = 0; i < RING; i++) {
		env_run(ids[i]);
	}
	peers_end();
	return 0;
}
