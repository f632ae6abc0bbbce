/* Heap and stack that were never touched read zeros, on first use and on both
 * sides of a fork, whether the first access is a read or a write. */
#include "libsys/stdlib.h"
#include "protocols/pager.h"
#include "tests/guest/memory.h"

enum { PAGES = 64 };

static vaddr_t heap;

static void check_zeros(vaddr_t va, uint32_t npages)
{
	for (uint32_t page = 0; page < npages; page++) {
		volatile uint32_t *words = words_at(va + page * PGSIZE);
		uint32_t wrong = 0;

		if (page % 2) {
			words[WORDS - 1] = 5;
			CHECK_EQ(words[WORDS - 1], 5);
			words[WORDS - 1] = 0;
		}
		for (uint32_t i = 0; i < WORDS; i++) {
			wrong += words[i] != 0;
		}
		CHECK_EQ(wrong, 0);
		words[7] = 0xBAD;
	}
}

static void check_both(void)
{
	check_zeros(heap, PAGES);
	check_zeros(STACK_BOTTOM, PAGES);
}

int main(void)
{
	heap = (vaddr_t)sbrk(PAGES * PGSIZE);
	heap = (heap + PGSIZE - 1) & ~(PGSIZE - 1);
	CHECK_EQ(entry_of(heap), PTE_ZERO_FILL);
	CHECK_EQ(entry_of(STACK_BOTTOM), 0);
	(void)sbrk(PGSIZE);
	check_child(check_both);
	CHECK_EQ(entry_of(heap), PTE_ZERO_FILL);
	check_both();
	return 0;
}
