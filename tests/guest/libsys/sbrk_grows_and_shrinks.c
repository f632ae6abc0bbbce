/* sbrk: memory above the break is there and zero, goes when the break comes back, and neither
 * end of the range can be passed. */
#include "libsys/stdlib.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

enum { PAGES = 2000 }; /* more than one page call does */

static pte_t entry_of(const void *address)
{
	pte_t entry;
	uint32_t mappings;

	CHECK_EQ(sys_page_query(0, (vaddr_t)address & ~(PGSIZE - 1), &entry, &mappings), OK);
	return entry;
}

int main(void)
{
	uint8_t *start = sbrk(0);
	uint8_t *heap = sbrk(PAGES * PGSIZE);

	CHECK(heap == start);
	CHECK_EQ((uintptr_t)heap % PGSIZE, 0);
	CHECK(sbrk(0) == heap + PAGES * PGSIZE);
	CHECK_EQ(entry_of(heap + (PAGES - 1) * PGSIZE), PTE_ZERO_FILL);
	for (uint32_t i = 0; i < PAGES; i += 97) {
		CHECK_EQ(heap[i * PGSIZE + 5], 0);
		heap[i * PGSIZE + 5] = 1;
		CHECK((entry_of(heap + i * PGSIZE) & (PTE_P | PTE_W)) == (PTE_P | PTE_W));
	}

	CHECK(sbrk(1) == heap + PAGES * PGSIZE);
	CHECK(sbrk(-1) == heap + PAGES * PGSIZE + 1);
	CHECK(sbrk(-(intptr_t)(PAGES * PGSIZE)) == heap + PAGES * PGSIZE);
	CHECK_EQ(entry_of(heap), 0);
	CHECK_EQ(entry_of(heap + (PAGES - 1) * PGSIZE), 0);

	CHECK(sbrk(-1) == (void *)-1);
	CHECK(sbrk(0x7FFFFFFF) == (void *)-1);
	CHECK(sbrk(-0x7FFFFFFF - 1) == (void *)-1);
	CHECK(sbrk(0) == heap);
	return 0;
}
