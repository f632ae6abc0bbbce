/* A page that the pager would give, but cannot for the process's limit, ends
 * the process and says so; what it had comes back. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"

enum { LIMIT = 200 };

static void use_too_much(void)
{
	char *heap;

	CHECK_EQ(process_limit(getpid(), LIMIT, 0), OK);
	heap = sbrk(2 * LIMIT * PGSIZE);
	CHECK(heap != (void *)-1);
	for (uint32_t i = 0; i < 2 * LIMIT; i++) {
		heap[i * PGSIZE] = 1;
	}
}

int main(void)
{
	uint32_t before;

	check_child_faults(use_too_much, "limit reached");
	before = free_frames();
	check_child_faults(use_too_much, "limit reached");
	CHECK_EQ(free_frames(), before);
	return 0;
}
