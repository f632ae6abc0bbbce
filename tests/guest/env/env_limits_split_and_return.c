/* A fork takes the child's limit out of the caller's, setting one moves the difference, death
 * gives it back, and more than there is is E_LIMIT. Tables count as pages. */
#include "tests/guest/peers.h"

static uint32_t own_limit(void)
{
	return settled_record(env_page->id)->limit;
}

static void within(uint32_t arg)
{
	uint32_t total = own_limit(), room = total - settled_record(env_page->id)->pages;
	envid_t id;

	(void)arg;
	CHECK(total > 0);
	CHECK_EQ(sys_env_fork(0, room + 1), E_LIMIT);
	CHECK_EQ(sys_env_fork(0, total), E_LIMIT);
	CHECK_EQ(sys_env_fork(0, 0xFFFFFFFF), E_LIMIT);
	CHECK_EQ(own_limit(), total);
	CHECK_EQ(sys_env_fork(0, ENV_FIXED_PAGES), E_INVAL);
	id = sys_env_fork(0, 10);
	CHECK(id > 0);
	CHECK_EQ(own_limit(), total - 10);
	CHECK_EQ(settled_record(id)->limit, 10);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, 12), OK);
	CHECK_EQ(own_limit(), total - 12);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, ENV_FIXED_PAGES + 5), OK);
	CHECK_EQ(own_limit(), total - ENV_FIXED_PAGES - 5);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, 0), E_PERM);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, total), E_LIMIT);
	CHECK_EQ(sys_env_set(id, ENV_LIMIT, 0xFFFFFFFF), E_LIMIT);
	CHECK_EQ(own_limit(), total - ENV_FIXED_PAGES - 5);
	CHECK_EQ(sys_page_alloc(id, 0x10000000 | PTE_W, 10), 4); /* and a table */
	CHECK_EQ(sys_page_alloc(id, 0x10010000 | PTE_W, 1), E_LIMIT);
	CHECK_EQ(sys_page_map(0, UTEXT, id, 0x10010000, 1), E_LIMIT);
	CHECK_EQ(sys_page_share(0, UTEXT, id, 0x10010000, 1), E_LIMIT);
	CHECK_EQ(sys_page_map(0, UTEXT, id, 0x10000000, 1), 1); /* in place of another */
	CHECK_EQ(sys_page_unmap(id, 0x10000000, 1), 1);
	CHECK_EQ(sys_page_alloc(id, 0x20000000 | PTE_W, 1), E_LIMIT);
	CHECK_EQ(settled_record(env_page->id)->pages, total - room);
	CHECK_EQ(sys_env_destroy(id, 0), OK);
	CHECK_EQ(own_limit(), total);
	id = sys_env_fork(0, 0); /* half of the room */
	CHECK(id > 0);
	CHECK_EQ(settled_record(id)->limit, room / 2);
	CHECK_EQ(own_limit(), total - room / 2);
	CHECK_EQ(sys_env_destroy(id, 0), OK);
}

int main(void)
{
	peer_join(peer_start(within, 0));
	return 0;
}
