/* PAGE_SHARE replaces what the destination had where the source has a page or
 * bits, and leaves it alone where the source has nothing. */
#include "tests/guest/memory.h"

enum { PAGES = 4 };

int main(void)
{
	envid_t env = bare_empty(64);
	uint32_t mappings, before;
	pte_t old;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, PTE_ZERO_FILL, 1), 1);
	CHECK_EQ(sys_page_alloc(env, OTHER | PTE_W, PAGES), PAGES);
	old = entry_in(env, OTHER + 2 * PGSIZE, &mappings);
	before = free_frames();
	CHECK_EQ(sys_page_share(0, AREA, env, OTHER | PTE_COW, PAGES), PAGES);
	CHECK_EQ(PTE_ADDR(entry_in(env, OTHER, &mappings)), PTE_ADDR(entry_of(AREA)));
	CHECK_EQ(mappings, 2);
	CHECK_EQ(entry_in(env, OTHER + PGSIZE, &mappings), PTE_ZERO_FILL);
	CHECK_EQ(entry_in(env, OTHER + 2 * PGSIZE, &mappings), old);
	CHECK_EQ(mappings, 1);
	CHECK_EQ(free_frames(), before + 2);
	return 0;
}
