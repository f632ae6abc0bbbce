/* Allocating over a page replaces it: zeros here, the old contents where else
 * it is mapped. */
#include "tests/guest/memory.h"

int main(void)
{
	uint32_t before;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[5] = 77;
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER, 1), 1);
	CHECK_EQ(mappings_of(AREA), 2);
	before = free_frames();

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	CHECK_EQ(words_at(AREA)[5], 0);
	CHECK_EQ(words_at(OTHER)[5], 77);
	CHECK_EQ(mappings_of(AREA), 1);
	CHECK_EQ(mappings_of(OTHER), 1);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P | PTE_W | PTE_SHARE);
	CHECK_EQ(free_frames(), before - 1);

	words_at(AREA)[5] = 78;
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1); /* the old frame had no other mapping */
	CHECK_EQ(words_at(AREA)[5], 0);
	CHECK_EQ(free_frames(), before - 1);
	return 0;
}
