/* Who waits for one env gets nothing from another: not a message, not a reply, not a bit. */
#include "tests/guest/peers.h"

static envid_t parent, closed;

static void receiver(uint32_t arg)
{
	envid_t from;

	(void)arg;
	env_page->notify = 0x10000;
	CHECK_EQ(recv_word(parent, &from), 1);
	CHECK_EQ(from, parent);
	CHECK_EQ(recv_word(0, &from), 0x10000); /* the bit waited */
	CHECK_EQ(from, 0);
	CHECK_EQ(recv_word(0, &from), 2); /* so did the third party */
	CHECK(from != parent);
}

static void third_party(uint32_t arg)
{
	struct ipc_msg msg = {.w = {666}, .nwords = 1};

	(void)arg;
	CHECK_EQ(send_word(closed, 666, IPC_SEND_NOWAIT), E_NOT_WAITING);
	CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV | IPC_REPLY | IPC_RECV_NOWAIT, closed), E_NOT_WAITING);
	CHECK_EQ(ipc_call(closed, &msg, IPC_SEND_NOWAIT), E_NOT_WAITING);
	CHECK_EQ(sys_notify(closed, 0x10000), OK);
	CHECK_EQ(send_word(closed, 2, 0), 0);
}

int main(void)
{
	envid_t other;

	parent = env_page->id;
	closed = peer_start(receiver, 0);
	await_ipc(closed, parent);
	other = peer_start(third_party, 0);
	await_ipc(other, closed);
	CHECK(record(closed)->waits);
	CHECK_EQ(send_word(closed, 1, 0), 0);
	peers_end();
	return 0;
}
