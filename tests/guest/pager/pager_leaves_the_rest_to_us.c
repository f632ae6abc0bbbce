/* A fault that is none of the pager's goes to the program's own handler, with
 * the address and the code; when that has mapped a page, the instruction works.
 * Other faults never get there. */
#include "libsys/fault.h"
#include "tests/guest/memory.h"

static volatile uint32_t calls, last_va, last_err;

static void handler(struct utrapframe *utf)
{
	calls++;
	last_va = utf->fault_va;
	last_err = utf->err;
	CHECK_EQ(sys_page_alloc(0, PTE_ADDR(utf->fault_va) | PTE_W, 1), 1);
}

int main(void)
{
	CHECK(fault_set_handler(handler) == NULL);
	words_at(AREA)[9] = 1;
	CHECK_EQ(calls, 1);
	CHECK_EQ(last_va, AREA + 36);
	CHECK_EQ(last_err, FEC_WR | FEC_U);
	CHECK_EQ(words_at(AREA)[9], 1);
	CHECK_EQ(calls, 1);
	CHECK_EQ(words_at(OTHER)[3], 0);
	CHECK_EQ(calls, 2);
	CHECK_EQ(last_err, FEC_U);

	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, PTE_ZERO_FILL, 1), 1);
	words_at(AREA + PGSIZE)[0] = 4;
	words_at(USTACKTOP - 100 * PGSIZE)[0] = 5;
	CHECK_EQ(calls, 2);
	CHECK(fault_set_handler(NULL) == handler);
	return 0;
}
