/* Unmapping addresses where nothing is mapped succeeds and frees nothing. */
#include "tests/guest/memory.h"

int main(void)
{
	uint32_t before;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	before = free_frames();
	for (int i = 0; i < 100; i++) {
		CHECK_EQ(sys_page_unmap(0, AREA + PGSIZE, 1), 1);
		CHECK_EQ(sys_page_unmap(0, OTHER, 1), 1); /* not even a table */
		CHECK_EQ(sys_page_unmap(0, 0, 16), 16);
	}
	CHECK_EQ(free_frames(), before);
	CHECK_EQ(sys_page_unmap(0, AREA, 3), 3);
	CHECK_EQ(sys_page_unmap(0, AREA, 3), 3);
	CHECK_EQ(free_frames(), before + 1);

	/* Software bits of absent entries go, too. */
	CHECK_EQ(sys_page_mark(0, AREA, PTE_ZERO_FILL, 2), 2);
	CHECK_EQ(sys_page_unmap(0, AREA, 2), 2);
	CHECK_EQ(entry_of(AREA), 0);
	CHECK_EQ(entry_of(AREA + PGSIZE), 0);
	return 0;
}
