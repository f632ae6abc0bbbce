/* An absent entry becomes what PAGE_MARK says, all bits but the present one,
 * and stays absent. */
#include "tests/guest/memory.h"

static const uint32_t values[] = {0,          PTE_ZERO_FILL, PTE_W,      0xFFFFFFFF,
                                  0xFFFFFFFE, 0x00001000,    0x12345678, PTE_SOFT};

static void touch(void)
{
	words_at(AREA)[0] = 1;
}

int main(void)
{
	for (uint32_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint32_t before;

		CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, 0, 1), 1); /* the table */
		before = free_frames();
		CHECK_EQ(sys_page_mark(0, AREA, values[i], 1), 1);
		CHECK_EQ(entry_of(AREA), values[i] & ~PTE_P);
		CHECK_EQ(uvpt[AREA >> PGSHIFT], values[i] & ~PTE_P);
		CHECK_EQ(mappings_of(AREA), 0);
		CHECK_EQ(free_frames(), before);
		if (values[i] != PTE_ZERO_FILL) {
			check_child_faults(touch, "fault at 0xa0000000 (write");
		}
	}
	return 0;
}
