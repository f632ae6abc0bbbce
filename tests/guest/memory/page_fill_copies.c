/* A filled page holds a copy of its source, page by page, and is nobody else's.
 * A source that is absent stops the run. */
#include "tests/guest/memory.h"

enum { PAGES = 5 };

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, PAGES), PAGES);
	for (uint32_t i = 0; i < PAGES * WORDS; i++) {
		words_at(AREA)[i] = i * 2654435761u;
	}
	CHECK_EQ(sys_page_mark(0, AREA, 0, PAGES), PAGES); /* reading it is enough */
	CHECK_EQ(sys_page_fill(0, OTHER | PTE_W, 0, AREA, PAGES), PAGES);
	for (uint32_t i = 0; i < PAGES * WORDS; i++) {
		CHECK_EQ(words_at(OTHER)[i], i * 2654435761u);
	}
	CHECK_EQ(mappings_of(AREA), 1);
	CHECK_EQ(mappings_of(OTHER), 1);
	words_at(OTHER)[0] = 1;
	CHECK_EQ(words_at(AREA)[0], 0);

	CHECK_EQ(sys_page_fill(0, AREA | PTE_W, 0, AREA, 1), 1); /* a page from itself */
	CHECK_EQ(words_at(AREA)[9], 9 * 2654435761u);

	CHECK_EQ(sys_page_unmap(0, AREA + 3 * PGSIZE, 1), 1);
	CHECK_EQ(sys_page_fill(0, OTHER | PTE_W, 0, AREA, PAGES), 3);
	CHECK_EQ(sys_page_fill(0, OTHER | PTE_W, 0, AREA + 3 * PGSIZE, 1), E_FAULT);
	CHECK_EQ(words_at(OTHER + 3 * PGSIZE)[7], (3 * WORDS + 7) * 2654435761u);
	CHECK_EQ(sys_page_fill(0, OTHER | PTE_W, 0, 0x70000000, 1), E_FAULT); /* no table */
	return 0;
}
