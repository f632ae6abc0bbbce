/* Once PAGE_MARK has dropped W, a write faults, even just after a write that
 * worked. */
#include "tests/guest/memory.h"

static void write_it(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[0] = 1;
	CHECK_EQ(sys_page_mark(0, AREA, 0, 1), 1);
	words_at(AREA)[0] = 2;
}

int main(void)
{
	check_child_faults(write_it, "fault at 0xa0000000 (write");
	return 0;
}
