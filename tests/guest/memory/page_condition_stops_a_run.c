/* A conditional run stops at the first page that is not as expected, and says
 * how many are done. */
#include "tests/guest/memory.h"

enum { PAGES = 8, ODD = 5 };

int main(void)
{
	CHECK_EQ(sys_page_mark(0, AREA, PTE_ZERO_FILL, PAGES), PAGES);
	CHECK_EQ(sys_page_mark(0, AREA + ODD * PGSIZE, 0x400, 1), 1);
	env_page->expect = PTE_ZERO_FILL;
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PAGE_COND, PAGES), ODD);
	CHECK_EQ(sys_page_alloc(0, (AREA + ODD * PGSIZE) | PTE_W | PAGE_COND, PAGES - ODD),
	         E_AGAIN);
	for (int i = 0; i < PAGES; i++) {
		CHECK_EQ(rights_of(entry_of(AREA + i * PGSIZE)), i < ODD    ? PTE_P | PTE_W
		                                                 : i == ODD ? 0x400
		                                                            : PTE_ZERO_FILL);
	}
	return 0;
}
