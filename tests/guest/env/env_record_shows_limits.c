/* The public record shows an env's limit as it is after each call that changes it. */
#include "tests/guest/peers.h"

static void within(uint32_t arg)
{
	uint32_t total = settled_record(env_page->id)->limit;
	envid_t id = sys_env_fork(0, 10);

	(void)arg;
	CHECK(id > 0);
	CHECK_EQ(record(id)->limit, 10);
	CHECK_EQ(record(env_page->id)->limit, total - 10);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, 12), OK);
	CHECK_EQ(record(id)->limit, 12);
	CHECK_EQ(record(env_page->id)->limit, total - 12);
	CHECK_EQ(sys_env_destroy(id, 0), OK);
	CHECK_EQ(record(env_page->id)->limit, total);
}

int main(void)
{
	peer_join(peer_start(within, 0));
	return 0;
}
