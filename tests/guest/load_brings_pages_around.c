/* A read of a program's page brings the pages after it too, but only what has not been
 * touched or changed, and none to where the program has nothing. */
#include "tests/guest/loading.h"

int main(void)
{
	CHECK(!is_there(constants[2]));
	CHECK_EQ(constants[2][0], CONST_WORD(2));
	CHECK_EQ(count_there((vaddr_t)constants[2], (vaddr_t)constants[CONST_PAGES]), AROUND);
	CHECK(is_there(constants[2 + AROUND - 1]));

	CHECK_EQ(sys_page_unmap(0, (vaddr_t)constants[15], 1), 1);
	CHECK_EQ(constants[12][0], CONST_WORD(12));
	CHECK(is_there(constants[14]));
	CHECK_EQ(entry_at(constants[15]), 0);
	CHECK(!is_there(constants[16]));

	CHECK_EQ(sys_page_alloc(0, (vaddr_t)constants[18] | PTE_W, 1), 1);
	CHECK_EQ(constants[17][0], CONST_WORD(17));
	CHECK_EQ(constants[18][0], 0);
	CHECK(!is_there(constants[19]));

	data[0][0] = 1; /* a copy is made of one page only */
	CHECK(!is_there(data[1]));
	CHECK_EQ(data[1][0], DATA_WORD(1));
	CHECK(is_there(data[DATA_PAGES - 1]));
	return 0;
}
