/* When a controller dies, its own controller controls what it controlled: records and env pages say
 * so, the heir may act, and the limits come with it. */
#include "tests/guest/peers.h"

static volatile envid_t grandchild;
static volatile envid_t seen;

static void tells(uint32_t arg)
{
	(void)arg;
	(void)recv_word(0, NULL);
	seen = env_page->controller;
}

static void middle(uint32_t arg)
{
	envid_t id = peer_make(tells, 0);

	(void)arg;
	CHECK_EQ(record(id)->controller, env_page->id);
	env_run(id);
	await_ipc(id, 0);
	grandchild = id;
}

int main(void)
{
	envid_t self = env_page->id, child = peer_make(middle, 0);
	uint32_t limit;

	CHECK_EQ(sys_env_set(child, ENV_LIMIT, 3 * PEER_LIMIT), OK);
	limit = settled_record(self)->limit;
	env_run(child);
	peer_join(child);
	CHECK(grandchild > 0);
	CHECK_EQ(record(grandchild)->controller, self);
	CHECK_EQ(record(grandchild)->parent, child);
	if (limit) {
		CHECK_EQ(settled_record(self)->limit, limit + 2 * PEER_LIMIT);
	}
	CHECK_EQ(sys_env_set(grandchild, ENV_RUN, 0), OK);
	CHECK_EQ(sys_env_set(grandchild, ENV_RUN, 1), OK);
	CHECK_EQ(send_word(grandchild, 0, 0), 0);
	peer_join(grandchild);
	CHECK_EQ(seen, self);
	if (limit) {
		CHECK_EQ(settled_record(self)->limit, limit + 3 * PEER_LIMIT);
	}
	return 0;
}
