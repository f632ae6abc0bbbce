/* A queued sender that dies (first, middle, last, all) leaves the queue; the others are received in
 * order. */
#include "tests/guest/peers.h"

enum { SENDERS = 5 };

static envid_t parent;

static void sender(uint32_t arg)
{
	struct ipc_msg msg = {.w = {arg}, .nwords = 1};

	if (arg % 2) {
		CHECK_EQ(ipc_call(parent, &msg, 0), OK);
	} else {
		CHECK_EQ(ipc_send(parent, &msg, 0), 0);
	}
}

int main(void)
{
	envid_t id[SENDERS];

	parent = env_page->id;
	for (uint32_t killed = 1; killed < 1u << SENDERS; killed++) {
		for (uint32_t i = 0; i < SENDERS; i++) {
			id[i] = peer_start(sender, i);
			await_ipc(id[i], parent);
		}
		for (uint32_t i = 0; i < SENDERS; i++) {
			if (killed & 1u << i) {
				peer_kill(id[i]);
			}
		}
		for (uint32_t i = 0; i < SENDERS; i++) {
			envid_t from;

			if (!(killed & 1u << i)) {
				CHECK_EQ(recv_word(0, &from), i);
				CHECK_EQ(from, id[i]);
				(void)send_word(from, 0, IPC_SEND_NOWAIT);
			}
		}
		CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
		peers_end();
	}
	return 0;
}
