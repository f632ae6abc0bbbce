/* A page kept by PAGE_UNSHARE without PTE_W is really read only afterwards. */
#include "tests/guest/memory.h"

static void write_it(void)
{
	words_at(AREA)[0] = 1;
	CHECK_EQ(sys_page_fill(0, AREA | PAGE_UNSHARE, 0, AREA, 1), 1);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P);
	words_at(AREA)[0] = 2;
}

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_ZERO_FILL, 1), 1);
	check_child_faults(write_it, "fault at 0xa0000000 (write");
	return 0;
}
