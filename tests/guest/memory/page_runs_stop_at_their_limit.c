/* Page calls on long runs do PAGE_RUN_MAX pages, or PAGE_FILLS_MAX that are cleared or copied, and
 * say so; the page after is untouched. */
#include "tests/guest/memory.h"

enum { PAGES = 1500, MOST = PAGE_RUN_MAX };

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, PAGES), PAGE_FILLS_MAX);
	CHECK_EQ(rights_of(entry_of(AREA + (PAGE_FILLS_MAX - 1) * PGSIZE)), PTE_P | PTE_W);
	CHECK_EQ(entry_of(AREA + PAGE_FILLS_MAX * PGSIZE), 0);
	CHECK_EQ(page_alloc_all(0, AREA | PTE_W, PAGES), OK);
	CHECK_EQ(rights_of(entry_of(AREA + (PAGES - 1) * PGSIZE)), PTE_P | PTE_W);
	CHECK_EQ(entry_of(AREA + PAGES * PGSIZE), 0);

	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER, PAGES), MOST);
	CHECK_EQ(mappings_of(AREA + (MOST - 1) * PGSIZE), 2);
	CHECK_EQ(mappings_of(AREA + MOST * PGSIZE), 1);
	CHECK_EQ(sys_page_unmap(0, OTHER, PAGES), MOST);
	CHECK_EQ(sys_page_fill(0, OTHER | PTE_W, 0, AREA, PAGES), PAGE_FILLS_MAX);
	CHECK_EQ(entry_of(OTHER + PAGE_FILLS_MAX * PGSIZE), 0);
	CHECK_EQ(sys_page_unmap(0, OTHER, PAGES), MOST);
	CHECK_EQ(mappings_of(AREA), 1);
	CHECK_EQ(sys_page_mark(0, AREA, 0, PAGES), MOST);
	CHECK_EQ(rights_of(entry_of(AREA + (MOST - 1) * PGSIZE)), PTE_P);
	CHECK_EQ(rights_of(entry_of(AREA + MOST * PGSIZE)), PTE_P | PTE_W);
	CHECK_EQ(page_unmap_all(0, AREA, PAGES), OK);
	CHECK_EQ(entry_of(AREA + (PAGES - 1) * PGSIZE), 0);
	return 0;
}
