/* A receive from one env takes that one's message from the middle of the queue; the others
 * stay, in order. */
#include "tests/guest/peers.h"

enum { SENDERS = 5 };

static envid_t parent;

static void sender(uint32_t arg)
{
	CHECK_EQ(send_word(parent, arg, 0), 0);
}

int main(void)
{
	static const uint32_t rest[] = {1, 3};
	envid_t id[SENDERS], from;

	parent = env_page->id;
	for (uint32_t i = 0; i < SENDERS; i++) {
		id[i] = peer_start(sender, i);
		await_ipc(id[i], parent);
	}
	CHECK_EQ(recv_word(id[2], &from), 2);
	CHECK_EQ(from, id[2]);
	CHECK_EQ(recv_word(id[4], &from), 4); /* the last */
	CHECK_EQ(from, id[4]);
	CHECK_EQ(recv_word(id[0], &from), 0); /* the first */
	CHECK_EQ(from, id[0]);
	for (uint32_t i = 0; i < 2; i++) {
		CHECK(record(id[rest[i]])->waits);
		CHECK_EQ(recv_word(0, &from), rest[i]);
		CHECK_EQ(from, id[rest[i]]);
	}
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
	peers_end();
	return 0;
}
