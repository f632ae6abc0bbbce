/* The public record of an env tells how many pages and page tables it has, and
 * its limit. */
#include "tests/guest/memory.h"

enum { LIMIT = 100, PAGES = 10 };

int main(void)
{
	envid_t env = bare_empty(LIMIT);
	const volatile struct env_info *info = &env_infos[ENV_SLOT(env)];

	CHECK_EQ(info->limit, LIMIT);
	CHECK_EQ(info->pages, ENV_FIXED_PAGES);
	CHECK_EQ(sys_page_alloc(env, AREA | PTE_W, PAGES), PAGES);
	CHECK_EQ(info->pages, ENV_FIXED_PAGES + 1 + PAGES);
	CHECK_EQ(sys_page_unmap(env, AREA, PAGES), PAGES);
	CHECK_EQ(info->pages, ENV_FIXED_PAGES + 1);
	CHECK_EQ(sys_env_set(env, ENV_LIMIT, LIMIT / 2), OK);
	CHECK_EQ(info->limit, LIMIT / 2);
	CHECK(env_infos[ENV_SLOT(sys_self())].pages > 0);
	return 0;
}
