/* The receiver learns the sender's id from the kernel: nothing that the sender writes anywhere
 * changes it. */
#include "tests/guest/peers.h"

enum { SENDERS = 4 };

static envid_t parent;

static void liar(uint32_t arg)
{
	struct ipc_msg msg = {.from = parent, .w = {(uint32_t)parent, arg, 0}, .nwords = 16};

	env_page->id = parent; /* its own affair */
	env_page->controller = parent;
	env_page->parent = parent;
	for (uint32_t i = 3; i < 16; i++) {
		env_page->msg[i] = (uint32_t)parent;
	}
	CHECK_EQ(ipc_send(parent, &msg, 0), 0);
	CHECK_EQ(ipc_call(parent, &msg, 0), OK);
}

int main(void)
{
	envid_t id[SENDERS];
	struct ipc_msg msg;

	parent = env_page->id;
	for (uint32_t i = 0; i < SENDERS; i++) {
		id[i] = peer_start(liar, i);
	}
	for (uint32_t i = 0; i < 2 * SENDERS; i++) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
		CHECK(msg.w[1] < SENDERS);
		CHECK_EQ(msg.from, id[msg.w[1]]);
		(void)ipc_reply(msg.from, &msg);
	}
	peers_end();
	return 0;
}
