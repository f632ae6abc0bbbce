/* Frames come back exactly: after runs of pages, and after whole envs with
 * pages of all kinds. */
#include "tests/guest/memory.h"

enum { PAGES = 300, ROUNDS = 20 };

static void one_env(void)
{
	envid_t env = bare_empty(2 * PAGES);

	CHECK_EQ(page_alloc_all(env, AREA | PTE_W, PAGES), OK);
	CHECK_EQ(sys_page_map(env, AREA, env, OTHER, 100), 100);
	CHECK_EQ(sys_page_map(0, UTEXT, env, UTEXT, 1), 1);
	CHECK_EQ(sys_page_mark(env, 0, PTE_ZERO_FILL, 100), 100);
	CHECK_EQ(sys_page_share(env, AREA, env, 0x30000000 | PTE_COW, 100), 100);
	bare_destroy(env);
}

int main(void)
{
	struct sysinfo before, after;

	CHECK_EQ(sys_page_mark(0, AREA, 0, 1), 1); /* the table */
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		CHECK_EQ(page_alloc_all(0, AREA | PTE_W, PAGES), OK);
		CHECK_EQ(free_frames(), before.frames_free - PAGES);
		CHECK_EQ(page_unmap_all(0, AREA, PAGES), OK);
		CHECK_EQ(free_frames(), before.frames_free);
		one_env();
	}
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	CHECK_EQ(after.envs, before.envs);
	return 0;
}
