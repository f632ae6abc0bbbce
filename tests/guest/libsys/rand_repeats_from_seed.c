/* The generator gives the same numbers for the same seed, others for another, and no zero. */
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

enum { COUNT = 1000 };

int main(void)
{
	static uint32_t first[COUNT];
	int same = 0;

	srand(1);
	for (int i = 0; i < COUNT; i++) {
		first[i] = rand();
		CHECK(first[i] != 0);
	}
	srand(1);
	for (int i = 0; i < COUNT; i++) {
		CHECK_EQ(rand(), first[i]);
	}
	srand(2);
	for (int i = 0; i < COUNT; i++) {
		same += rand() == first[i];
	}
	CHECK_EQ(same, 0);
	srand(0);
	CHECK(rand() != 0);
	return 0;
}
