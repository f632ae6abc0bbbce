/* Mapping from an address that has no page maps nothing: not physical page 0,
 * not a table. */
#include "tests/guest/memory.h"

int main(void)
{
	struct sysinfo before = settled_info(), after;

	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER, 1), E_FAULT);
	CHECK_EQ(sys_page_map(0, 0, 0, OTHER | PTE_W, 1), E_FAULT);
	CHECK_EQ(sys_page_map(0, USTACKTOP, 0, OTHER | PTE_W, 1), E_FAULT);
	CHECK_EQ(entry_of(OTHER), 0);
	CHECK_EQ(sys_page_mark(0, AREA, 0xFFFFF000 | PTE_W | PTE_U, 1), 1); /* absent still */
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER | PTE_W, 1), E_FAULT);
	CHECK_EQ(entry_of(OTHER), 0);
	CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free - 1); /* the table that the mark made */
	CHECK_EQ(after.frames_shared, before.frames_shared);

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 3), 3);
	CHECK_EQ(sys_page_unmap(0, AREA + 2 * PGSIZE, 1), 1);
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER | PTE_W, 3), 2);
	CHECK_EQ(entry_of(OTHER + 2 * PGSIZE), 0);
	return 0;
}
