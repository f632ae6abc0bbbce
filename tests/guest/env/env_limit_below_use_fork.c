/* An env that holds more pages than a limit lowered later allows has no room to give to a new
 * env. */
#include "tests/guest/peers.h"

static void tries_to_fork(uint32_t arg)
{
	envid_t id;

	(void)recv_word((envid_t)arg, NULL);
	if (record(env_page->id)->limit >= record(env_page->id)->pages) {
		return; /* the kernel did not let it come to this */
	}
	id = sys_env_fork(0, 100000);
	if (id > 0) {
		printf("limit %u, %u pages, forked one with limit %u\n",
		       settled_record(env_page->id)->limit, settled_record(env_page->id)->pages,
		       settled_record(id)->limit);
	}
	CHECK_EQ(id, E_LIMIT);
	CHECK_EQ(sys_env_fork(0, 0), E_LIMIT);
}

int main(void)
{
	envid_t child = peer_start(tries_to_fork, (uint32_t)env_page->id);

	await_ipc(child, env_page->id);
	CHECK(settled_record(child)->pages > 4);
	(void)sys_env_set(child, ENV_LIMIT, 2);
	(void)settled_record(child);
	CHECK_EQ(send_word(child, 0, 0), 0);
	peers_end();
	return 0;
}
