/* An env at its limit of pages gets E_LIMIT, keeps all it has, can replace and
 * free pages, and leaves nothing behind. */
#include "tests/guest/memory.h"

/* A page table counts, too. */
enum { LIMIT = 8 + ENV_FIXED_PAGES, PAGES = LIMIT - ENV_FIXED_PAGES - 1 };

static void check_full(envid_t env)
{
	uint32_t before = free_frames(), mappings;

	CHECK_EQ(sys_page_alloc(env, (AREA + PAGES * PGSIZE) | PTE_W, 1), E_LIMIT);
	CHECK_EQ(sys_page_alloc(env, OTHER | PTE_W, 1), E_LIMIT);
	CHECK_EQ(sys_page_fill(env, (AREA + PAGES * PGSIZE) | PTE_W, 0, UTEXT, 1), E_LIMIT);
	CHECK_EQ(sys_page_map(0, UTEXT, env, AREA + PAGES * PGSIZE, 1), E_LIMIT);
	CHECK_EQ(sys_page_map(0, UTEXT, env, OTHER, 1), E_LIMIT);
	CHECK_EQ(sys_page_mark(env, OTHER, PTE_ZERO_FILL, 1), E_LIMIT);
	CHECK_EQ(sys_page_share(0, UTEXT, env, AREA + PAGES * PGSIZE, 1), E_LIMIT);
	CHECK_EQ(sys_page_share(0, UTEXT, env, OTHER, 1), E_LIMIT);
	CHECK_EQ(entry_in(env, AREA + PAGES * PGSIZE, &mappings), 0);
	CHECK_EQ(free_frames(), before);
}

int main(void)
{
	uint32_t before = free_frames(), mappings;
	envid_t env = bare_empty(LIMIT);

	CHECK_EQ(sys_page_alloc(env, AREA | PTE_W, 2 * LIMIT), PAGES);
	check_full(env);
	for (int i = 0; i < PAGES; i++) {
		CHECK_EQ(rights_of(entry_in(env, AREA + i * PGSIZE, &mappings)), PTE_P | PTE_W);
	}
	CHECK_EQ(sys_page_alloc(env, AREA, PAGES), PAGES); /* over what it has */
	CHECK_EQ(sys_page_mark(env, AREA + PAGES * PGSIZE, PTE_ZERO_FILL, 1), 1); /* no page */
	CHECK_EQ(sys_page_unmap(env, AREA + PAGES * PGSIZE, 1), 1);
	check_full(env);
	CHECK_EQ(sys_page_unmap(env, AREA, 1), 1);
	CHECK_EQ(sys_page_map(0, UTEXT, env, AREA + PAGES * PGSIZE, 1), 1);
	CHECK_EQ(sys_page_alloc(env, AREA, 1), E_LIMIT);
	bare_destroy(env);
	CHECK_EQ(free_frames(), before);
	return 0;
}
