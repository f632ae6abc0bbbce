/* PAGE_SHARE maps entries with the keep bit as they are, makes writable ones
 * read only with the mark bits on both sides, maps read-only ones as they are,
 * and copies absent ones verbatim. The two runs need not lie alike in their
 * page tables. */
#include "tests/guest/memory.h"

enum { KEPT, WRITABLE, READ_ONLY, ZERO_FILL, NOTHING, PAGES };
#define SRC (AREA + 1021 * PGSIZE) /* in two page tables */
#define DST (OTHER + 1022 * PGSIZE)
#define PAGE(n) (SRC + PGSIZE * (n))

static void check_page(envid_t env, int page, pte_t wanted)
{
	uint32_t mappings;
	pte_t there = entry_in(env, DST + page * PGSIZE, &mappings), here = entry_of(PAGE(page));

	CHECK_EQ(rights_of(here), wanted);
	CHECK_EQ(rights_of(there), wanted);
	if (wanted & PTE_P) {
		CHECK_EQ(PTE_ADDR(there), PTE_ADDR(here));
		CHECK_EQ(mappings, 2);
	} else {
		CHECK_EQ(there, here);
	}
}

int main(void)
{
	envid_t env = bare_empty(64);

	CHECK_EQ(sys_page_alloc(0, PAGE(KEPT) | PTE_W | PTE_SHARE, 1), 1);
	CHECK_EQ(sys_page_alloc(0, PAGE(WRITABLE) | PTE_W, 1), 1);
	CHECK_EQ(sys_page_alloc(0, PAGE(READ_ONLY) | 0x200, 1), 1);
	CHECK_EQ(sys_page_mark(0, PAGE(ZERO_FILL), 0x76543200, 1), 1);

	CHECK_EQ(sys_page_share(0, SRC | PTE_SHARE, env, DST | PTE_COW, PAGES), PAGES);
	check_page(env, KEPT, PTE_P | PTE_W | PTE_SHARE);
	check_page(env, WRITABLE, PTE_P | PTE_COW);
	check_page(env, READ_ONLY, PTE_P | 0x200);
	check_page(env, ZERO_FILL, 0x200);
	check_page(env, NOTHING, 0);
	words_at(PAGE(KEPT))[0] = 1; /* still writable */

	/* Sharing again changes nothing more. */
	CHECK_EQ(sys_page_share(0, SRC | PTE_SHARE, env, DST | PTE_COW, PAGES), PAGES);
	check_page(env, WRITABLE, PTE_P | PTE_COW);
	return 0;
}
