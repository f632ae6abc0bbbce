/* One PAGE_SHARE does at most 1,024 entries and says how far it came; going on
 * from there copies the rest. Page tables that are not there cost next to
 * nothing. */
#include "tests/guest/memory.h"

enum { PAGES = 2500, MOST = 1024 };
#define SRC (AREA + 17 * PGSIZE)
#define DST (OTHER + 5 * PGSIZE)

int main(void)
{
	envid_t env = bare_empty(PAGES + 100);
	uint32_t done = 0, calls = 0, mappings;

	CHECK_EQ(page_alloc_all(0, SRC | PTE_W, PAGES), OK);
	while (done < PAGES) {
		int more = sys_page_share(0, SRC + done * PGSIZE, env,
		                          (DST + done * PGSIZE) | PTE_COW, PAGES - done);

		CHECK(more > 0 && more <= MOST);
		done += more;
		calls++;
	}
	CHECK_EQ(done, PAGES);
	CHECK(calls >= 3 && calls <= 8);
	for (uint32_t i = 0; i < PAGES; i++) {
		pte_t there = entry_in(env, DST + i * PGSIZE, &mappings);

		CHECK_EQ(mappings, 2);
		CHECK_EQ(rights_of(there), PTE_P | PTE_COW);
		CHECK_EQ(PTE_ADDR(there), PTE_ADDR(entry_of(SRC + i * PGSIZE)));
	}
	CHECK_EQ(entry_in(env, DST + PAGES * PGSIZE, &mappings), 0);
	CHECK_EQ(entry_in(env, DST - PGSIZE, &mappings), 0);

	CHECK_EQ(sys_page_share(0, 0x90000000, env, 0x90000000, 0x4000), 0x4000);
	return 0;
}
