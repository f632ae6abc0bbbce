/* A queued sender whose time is up leaves the queue, wherever it stands; the others stay. */
#include "tests/guest/peers.h"

enum { SENDERS = 3 };

static envid_t parent;
static uint32_t quitter;

static void sender(uint32_t arg)
{
	if (arg == quitter) {
		env_page->send_us = 1000;
		CHECK_EQ(send_word(parent, arg, IPC_SEND_TIMEOUT), E_TIMEOUT);
	} else {
		CHECK_EQ(send_word(parent, arg, 0), 0);
	}
}

int main(void)
{
	envid_t id[SENDERS];

	parent = env_page->id;
	for (quitter = 0; quitter < SENDERS; quitter++) {
		for (uint32_t i = 0; i < SENDERS; i++) {
			id[i] = peer_start(sender, i);
			while (i != quitter && !record(id[i])->waits) {
				sys_yield();
			}
		}
		peer_join(id[quitter]);
		for (uint32_t i = 0; i < SENDERS; i++) {
			envid_t from;

			if (i != quitter) {
				CHECK_EQ(recv_word(0, &from), i);
				CHECK_EQ(from, id[i]);
			}
		}
		CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
		peers_end();
	}
	return 0;
}
