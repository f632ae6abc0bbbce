/* Who is left alone with a page gets it back writable, the same frame, without
 * a copy. */
#include "tests/guest/memory.h"

static void nothing(void)
{
}

int main(void)
{
	pte_t before, shared, after;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[0] = 17;
	before = entry_of(AREA);
	check_child(nothing);
	free_frames(); /* the child's space is gone */
	shared = entry_of(AREA);
	CHECK_EQ(PTE_ADDR(shared), PTE_ADDR(before));
	CHECK_EQ(rights_of(shared), PTE_P | PTE_COW);
	CHECK_EQ(mappings_of(AREA), 1);
	words_at(AREA)[1] = 18;
	after = entry_of(AREA);
	CHECK_EQ(PTE_ADDR(after), PTE_ADDR(before));
	CHECK_EQ(rights_of(after), PTE_P | PTE_W);
	CHECK_EQ(words_at(AREA)[0], 17);
	CHECK_EQ(words_at(AREA)[1], 18);
	return 0;
}
