/* PAGE_FILL with PAGE_UNSHARE keeps a frame that nobody else maps, and copies
 * one that is shared. Either way the rights are the ones asked for. */
#include "tests/guest/memory.h"

#define UNSHARE(va) ((va) | PTE_W | PAGE_UNSHARE)

int main(void)
{
	pte_t before, after;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[1] = 11;
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_COW, 1), 1);

	before = entry_of(AREA);
	CHECK_EQ(sys_page_fill(0, UNSHARE(AREA), 0, AREA, 1), 1);
	after = entry_of(AREA);
	CHECK(PTE_ADDR(after) != PTE_ADDR(before));
	CHECK_EQ(PTE_ADDR(entry_of(OTHER)), PTE_ADDR(before));
	CHECK_EQ(rights_of(after), PTE_P | PTE_W);
	words_at(AREA)[1] = 12;
	CHECK_EQ(words_at(OTHER)[1], 11);

	CHECK_EQ(sys_page_mark(0, OTHER, PTE_COW, 1), 1);
	CHECK_EQ(sys_page_fill(0, UNSHARE(OTHER), 0, OTHER, 1), 1);
	CHECK_EQ(PTE_ADDR(entry_of(OTHER)), PTE_ADDR(before));
	CHECK_EQ(rights_of(entry_of(OTHER)), PTE_P | PTE_W);
	words_at(OTHER)[1] = 13;
	CHECK_EQ(words_at(OTHER)[1], 13);
	CHECK_EQ(words_at(AREA)[1], 12);

	/* Kept for another address than its own it would have two owners: a copy. */
	CHECK_EQ(sys_page_fill(0, UNSHARE(OTHER + PGSIZE), 0, OTHER, 1), 1);
	CHECK(PTE_ADDR(entry_of(OTHER + PGSIZE)) != PTE_ADDR(entry_of(OTHER)));
	CHECK_EQ(words_at(OTHER + PGSIZE)[1], 13);
	return 0;
}
