/* No-wait sends and receives deliver when the partner waits and are E_NOT_WAITING when not. */
#include "tests/guest/peers.h"

static envid_t parent;

static void partner(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 1);      /* open */
	CHECK_EQ(recv_word(parent, NULL), 2); /* closed */
	CHECK_EQ(send_word(parent, 3, 0), 0);
	CHECK_EQ(send_word(parent, 4, 0), 0);
}

int main(void)
{
	envid_t peer;

	parent = env_page->id;
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, parent), E_NOT_WAITING);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, process_manager), E_NOT_WAITING);
	peer = peer_make(partner, 0);
	CHECK_EQ(send_word(peer, 1, IPC_SEND_NOWAIT), E_NOT_WAITING);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, peer), E_NOT_WAITING);
	env_run(peer);
	await_ipc(peer, 0);
	CHECK_EQ(send_word(peer, 1, IPC_SEND_NOWAIT), 0);
	await_ipc(peer, parent);
	CHECK_EQ(send_word(peer, 2, IPC_SEND_NOWAIT), 0);
	while (raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, peer) != 1) {
		sys_yield();
	}
	while (raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0) != 1) {
		sys_yield();
	}
	peers_end();
	return 0;
}
