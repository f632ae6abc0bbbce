/* Faults of many clients, and other messages, wait at a busy pager in the order in which they
 * came. */
#include "tests/guest/clients.h"

enum { CLIENTS = 7, ROUNDS = 20 };

static envid_t parent;

static void send_one(uint32_t arg)
{
	CHECK_EQ(send_word(parent, arg, 0), 0);
}

static envid_t start_one(uint32_t i)
{
	envid_t id = i % 3 == 2 ? peer_start(send_one, i) : client_start(write_there, AREA);

	await_ipc(id, parent);
	return id;
}

int main(void)
{
	envid_t id[CLIENTS];

	parent = env_page->id;
	for (int round = 0; round < ROUNDS; round++) {
		for (uint32_t i = 0; i < CLIENTS; i++) {
			id[i] = start_one(i);
		}
		for (uint32_t i = 0; i < CLIENTS; i++) {
			if (i % 3 == 2) {
				CHECK_EQ(recv_word(0, NULL), i);
			} else {
				(void)fault_take_from(id[i], AREA);
			}
		}
		for (uint32_t i = CLIENTS; i-- > 0;) {
			if (i % 3 != 2) {
				fault_zero(id[i]);
			}
		}
		peers_end();
	}
	return 0;
}
