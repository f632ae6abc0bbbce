/* A notification without bits says nothing: an open receiver stays as it is. */
#include "tests/guest/peers.h"

static void receiver(uint32_t arg)
{
	envid_t from;

	(void)arg;
	CHECK_EQ(recv_word(0, &from), 3);
	CHECK(from != 0);
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);

	await_ipc(peer, 0);
	CHECK_EQ(sys_notify(peer, 0), OK);
	CHECK_EQ(send_word(peer, 3, 0), 0);
	peers_end();
	return 0;
}
