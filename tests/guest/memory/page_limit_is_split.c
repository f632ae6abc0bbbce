/* The limit of a new env is taken out of its creator's and comes back when it
 * ends: nobody gets more pages by forking. */
#include "tests/guest/memory.h"

enum { LIMIT = 100 };

/* How many pages can be had right now. */
static uint32_t room(void)
{
	uint32_t pages = 0;

	while (sys_page_map(0, UTEXT, 0, AREA + pages * PGSIZE, 1) == 1) {
		pages++;
	}
	CHECK_EQ(page_unmap_all(0, AREA, pages), OK);
	return pages;
}

int main(void)
{
	uint32_t before, limit;
	envid_t env, second;

	(void)room(); /* page tables stay */
	before = room();
	limit = before / 2;
	env = bare_empty(limit);
	CHECK_EQ(room(), before - limit);
	CHECK_EQ(sys_env_fork(0, before), E_LIMIT);
	second = bare_empty(LIMIT);
	CHECK_EQ(room(), before - limit - LIMIT);
	CHECK_EQ(sys_env_set(second, ENV_LIMIT, LIMIT / 2), OK);
	CHECK_EQ(room(), before - limit - LIMIT / 2);
	CHECK_EQ(sys_env_set(second, ENV_LIMIT, before), E_LIMIT);
	CHECK_EQ(sys_env_set(second, ENV_LIMIT, 0), E_PERM);
	CHECK_EQ(sys_env_set(0, ENV_LIMIT, 0), E_PERM);
	CHECK_EQ(sys_env_set(0, ENV_LIMIT, 1000000), E_PERM);
	CHECK_EQ(sys_env_set(second, ENV_LIMIT, LIMIT), OK);
	CHECK_EQ(room(), before - limit - LIMIT);
	bare_destroy(env);
	bare_destroy(second);
	CHECK_EQ(room(), before);
	return 0;
}
