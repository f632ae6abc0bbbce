/* A conditional call on an entry that is not as expected answers E_AGAIN and
 * changes nothing; with the right expectation it works. Accessed and dirty bits
 * do not count. */
#include "tests/guest/memory.h"

static pte_t entry;
static uint32_t free_before;

static void check_unchanged(void)
{
	CHECK_EQ(entry_of(AREA), entry);
	CHECK_EQ(mappings_of(AREA), entry & PTE_P ? 1 : 0);
	CHECK_EQ(free_frames(), free_before);
}

static void check_all_refuse(uint32_t expect)
{
	entry = entry_of(AREA);
	free_before = free_frames();
	env_page->expect = expect;
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PAGE_COND, 1), E_AGAIN);
	CHECK_EQ(sys_page_fill(0, AREA | PTE_W | PAGE_COND, 0, OTHER, 1), E_AGAIN);
	CHECK_EQ(sys_page_fill(0, AREA | PTE_W | PAGE_COND | PAGE_UNSHARE, 0, AREA, 1), E_AGAIN);
	CHECK_EQ(sys_page_map(0, OTHER, 0, AREA | PTE_W | PAGE_COND, 1), E_AGAIN);
	CHECK_EQ(sys_page_map(0, OTHER | PAGE_COND, 0, AREA | PTE_W, 1), E_AGAIN);
	CHECK_EQ(sys_page_unmap(0, AREA | PAGE_COND, 1), E_AGAIN);
	CHECK_EQ(sys_page_mark(0, AREA | PAGE_COND, PTE_SOFT, 1), E_AGAIN);
	check_unchanged();
}

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W, 1), 1);
	check_all_refuse(PTE_ZERO_FILL); /* no page table */
	CHECK_EQ(sys_page_mark(0, AREA, 0x200, 1), 1);
	check_all_refuse(0);
	check_all_refuse(0x400);
	check_all_refuse(0x200 | PTE_P);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	entry = entry_of(AREA);
	check_all_refuse(0);
	check_all_refuse(entry & ~PTE_W);
	check_all_refuse(entry | PTE_COW);
	check_all_refuse(entry + PGSIZE);

	env_page->expect = entry;
	words_at(AREA)[0] = 3; /* accessed and dirty now */
	CHECK_EQ(sys_page_mark(0, AREA | PAGE_COND, PTE_COW, 1), 1);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P | PTE_COW);
	env_page->expect = entry_of(AREA);
	CHECK_EQ(sys_page_fill(0, AREA | PTE_W | PAGE_COND | PAGE_UNSHARE, 0, AREA, 1), 1);
	CHECK_EQ(words_at(AREA)[0], 3);
	env_page->expect = entry_of(AREA);
	CHECK_EQ(sys_page_map(0, OTHER, 0, AREA | PAGE_COND, 1), 1);
	env_page->expect = entry_of(AREA);
	CHECK_EQ(sys_page_unmap(0, AREA | PAGE_COND, 1), 1);
	env_page->expect = 0;
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PAGE_COND, 1), 1);
	return 0;
}
