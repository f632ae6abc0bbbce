/* PAGE_MARK sets the software bits of a present page, drops W, and gives W back
 * only to the sole mapping of a frame. The frame, and bits that belong to the
 * processor, stay. */
#include "tests/guest/memory.h"

int main(void)
{
	pte_t entry;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[0] = 5;
	entry = entry_of(AREA);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_SOFT, 1), 1);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P | PTE_SOFT);
	CHECK_EQ(sys_page_mark(0, AREA, ~(PTE_SOFT | PTE_W), 1), 1); /* other bits mean nothing */
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P);
	CHECK_EQ(entry_of(AREA) & (PTE_PCD | PTE_PWT | PTE_PS | PTE_G), 0);
	CHECK_EQ(PTE_ADDR(entry_of(AREA)), PTE_ADDR(entry));
	CHECK_EQ(sys_page_mark(0, AREA, 0, 1), 1); /* PTE_P cleared in the value: stays present */
	CHECK_EQ(words_at(AREA)[0], 5);

	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_W | PTE_COW, 1), E_SHARED);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P);
	CHECK_EQ(sys_page_mark(0, OTHER, PTE_W, 1), E_SHARED);
	CHECK_EQ(sys_page_unmap(0, OTHER, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_W | PTE_COW, 1), 1);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P | PTE_W | PTE_COW);
	words_at(AREA)[0] = 6;
	CHECK_EQ(words_at(AREA)[0], 6);

	/* Keeping W, or losing it, is fine for a shared frame. */
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER | PTE_W, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_W, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, 0, 1), 1);
	words_at(OTHER)[0] = 7;
	CHECK_EQ(words_at(AREA)[0], 7);
	return 0;
}
