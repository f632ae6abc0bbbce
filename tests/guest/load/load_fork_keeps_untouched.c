/* Pages that a program has not touched when it forks come to the child and to the parent all the
 * same, and what one writes the other does not see. */
#include "tests/guest/loading.h"

static void write_all(void)
{
	CHECK_EQ(data[3][3], 33);
	data[3][3] = 0;
	check_constants();
	check_data();
	for (uint32_t i = 0; i < DATA_PAGES; i++) {
		data[i][3] = 1000 + i;
	}
	check_child(check_constants);
	for (uint32_t i = 0; i < DATA_PAGES; i++) {
		CHECK_EQ(data[i][3], 1000 + i);
		CHECK_EQ(data[i][0], DATA_WORD(i));
	}
}

int main(void)
{
	data[3][3] = 33;
	CHECK(!on_demand() || (!is_there(data[2]) && !is_there(constants[19])));

	pid_t child = start_child(write_all);

	CHECK(!on_demand() || (!is_there(data[2]) && !is_there(constants[19])));
	check_ended_well(child);
	CHECK_EQ(data[3][3], 33);
	data[3][3] = 0;
	check_data();
	check_constants();
	return 0;
}
