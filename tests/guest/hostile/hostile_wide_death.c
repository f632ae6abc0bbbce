/* The end of an env with page tables all over its space holds the lock no longer than other calls
 * do: with empty ones, with one entry in each, and with many pages beside them. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { LONGEST_US = 60, PAGES = 1024 };

static void destroy_wide(uint32_t npages, pte_t entry)
{
	envid_t env = sys_env_fork(0, 2 * PAGES + 100);
	uint32_t ntables = 0, us;
	uint64_t start;

	CHECK(env > 0);
	CHECK_EQ(page_alloc_all(env, UTEMP | PTE_W, npages), OK);
	for (vaddr_t va = 2 * PTSIZE; va < UTOP - PTSIZE; va += PTSIZE) {
		ntables += sys_page_mark(env, va, entry, 1) == 1;
	}
	CHECK(ntables > 900);
	start = clock_us();
	CHECK_EQ(sys_env_destroy(env, 0), OK);
	us = (uint32_t)(clock_us() - start);
	printf("%u pages, %u tables: %u us\n", npages, ntables, us);
	CHECK(us <= LONGEST_US);
}

int main(void)
{
	destroy_wide(1, 0);
	destroy_wide(1, PTE_ZERO_FILL);
	destroy_wide(PAGES, 0);
	(void)settled_info();
	return 0;
}
