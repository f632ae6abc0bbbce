/* A call that must not wait for its answer makes no sense: nobody can answer at once. It is
 * E_INVAL, and nothing is sent. */
#include "tests/guest/peers.h"

static void server(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 6);
}

int main(void)
{
	struct ipc_msg msg = {.w = {5}, .nwords = 1};
	envid_t peer = peer_start(server, 0);

	await_ipc(peer, 0);
	CHECK_EQ(ipc_call(peer, &msg, IPC_RECV_NOWAIT), E_INVAL);
	CHECK_EQ(ipc_call(peer, &msg, IPC_RECV_NOWAIT | IPC_SEND_NOWAIT), E_INVAL);
	CHECK(record(peer)->waits);
	CHECK_EQ(send_word(peer, 6, 0), 0);
	peers_end();
	return 0;
}
