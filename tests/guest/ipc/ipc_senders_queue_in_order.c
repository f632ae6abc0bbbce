/* Senders and callers are served first come, first served. */
#include "tests/guest/peers.h"

enum { SENDERS = 6 };

static envid_t parent;

static void sender(uint32_t arg)
{
	struct ipc_msg msg = {.w = {arg}, .nwords = 1};

	if (arg % 2) {
		CHECK_EQ(ipc_call(parent, &msg, 0), OK);
		CHECK_EQ(msg.w[0], arg + 100);
	} else {
		CHECK_EQ(ipc_send(parent, &msg, 0), 0);
	}
}

int main(void)
{
	envid_t id[SENDERS];

	parent = env_page->id;
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < SENDERS; i++) {
			id[i] = peer_start(sender, i);
			await_ipc(id[i], parent);
		}
		for (uint32_t i = 0; i < SENDERS; i++) {
			envid_t from;

			CHECK_EQ(recv_word(0, &from), i);
			CHECK_EQ(from, id[i]);
			if (i % 2) {
				CHECK_EQ(send_word(from, i + 100, IPC_SEND_NOWAIT), 0);
			}
		}
		peers_end();
	}
	return 0;
}
