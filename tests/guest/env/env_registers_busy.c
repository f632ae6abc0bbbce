/* Registers of an env that waits in an IPC cannot be set, and its wait goes on; nor can one's
 * own. */
#include "tests/guest/peers.h"

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 8);
}

int main(void)
{
	struct env_regs regs = {0};
	envid_t peer = peer_start(receiver, 0);

	await_ipc(peer, 0);
	CHECK_EQ(sys_env_set_regs(peer, &regs), E_BUSY);
	CHECK_EQ(sys_env_set(peer, ENV_RUN, 0), OK);
	CHECK_EQ(sys_env_set_regs(peer, &regs), E_BUSY);
	CHECK_EQ(sys_env_set(peer, ENV_RUN, 1), OK);
	CHECK_EQ(send_word(peer, 8, 0), 0);
	CHECK(sys_env_set_regs(0, &regs) < 0);
	peers_end();
	return 0;
}
