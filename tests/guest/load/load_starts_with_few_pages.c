/* A program of more than 60 pages starts with few of them, and gets the others as it touches
 * them. */
#define CONST_PAGES 48
#include "tests/guest/loading.h"

enum { PAGES_AT_START = 2 * AROUND + 6 };

int main(void)
{
	vaddr_t last = ((vaddr_t)end + PGSIZE - 1) & -PGSIZE;
	uint32_t at_start = count_there(UTEXT, last);

	if (at_start > PAGES_AT_START) {
		printf("%u of %u pages at start\n", at_start, (last - UTEXT) / PGSIZE);
		return 1;
	}
	CHECK_EQ(count_there((vaddr_t)data, (vaddr_t)data + sizeof(data)), 0);
	check_constants();
	check_data();
	CHECK_EQ(count_there((vaddr_t)constants, (vaddr_t)constants[CONST_PAGES]), CONST_PAGES);
	CHECK_EQ(count_there((vaddr_t)data, (vaddr_t)data + sizeof(data)), DATA_PAGES);
	return 0;
}
