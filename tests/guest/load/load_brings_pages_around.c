/* A read of a program's page brings the pages after it too, but only what has not been
 * touched or changed, and none to where the program has nothing. */
#define CONST_PAGES 48 /* the first ones may come with what lies before them */
#include "tests/guest/loading.h"

int main(void)
{
	CHECK(!is_there(constants[10]));
	CHECK_EQ(constants[10][0], CONST_WORD(10));
	CHECK_EQ(count_there((vaddr_t)constants[10], (vaddr_t)constants[CONST_PAGES]), AROUND);
	CHECK(is_there(constants[10 + AROUND - 1]));

	CHECK_EQ(sys_page_unmap(0, (vaddr_t)constants[23], 1), 1);
	CHECK_EQ(constants[20][0], CONST_WORD(20));
	CHECK(is_there(constants[22]));
	CHECK_EQ(entry_at(constants[23]), 0);
	CHECK(!is_there(constants[24]));

	CHECK_EQ(sys_page_alloc(0, (vaddr_t)constants[26] | PTE_W, 1), 1);
	CHECK_EQ(constants[25][0], CONST_WORD(25));
	CHECK_EQ(constants[26][0], 0);
	CHECK(!is_there(constants[27]));

	data[0][0] = 1; /* a copy is made of one page only */
	CHECK(!is_there(data[1]));
	CHECK_EQ(data[1][0], DATA_WORD(1));
	CHECK(is_there(data[DATA_PAGES - 1]));
	return 0;
}
