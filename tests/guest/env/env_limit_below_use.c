/* A limit set below what an env holds frees nothing that others could use: limits and pages
 * together never become more than there were. */
#include "tests/guest/peers.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void holds(uint32_t arg)
{
	(void)recv_word((envid_t)arg, NULL);
}

static void within(uint32_t arg)
{
	envid_t self = env_page->id, child;
	uint32_t total = settled_record(self)->limit, after;

	(void)arg;
	child = peer_start(holds, (uint32_t)self);
	await_ipc(child, self);
	CHECK(settled_record(child)->pages > 4);
	(void)sys_env_set(child, ENV_LIMIT, 2); /* refused, or it helps nobody */
	after = settled_record(self)->limit +
	        larger(settled_record(child)->limit, settled_record(child)->pages);
	if (after > total) {
		printf("%u pages in all, then %u\n", total, after);
		exit(1);
	}
	CHECK_EQ(send_word(child, 0, 0), 0);
	peer_join(child);
}

int main(void)
{
	envid_t id = peer_make(within, 0);

	CHECK_EQ(sys_env_set(id, ENV_LIMIT, 3 * PEER_LIMIT), OK);
	env_run(id);
	peer_join(id);
	return 0;
}
