/* mem: 768 */
/* A page with more than 65,536 mappings keeps its contents until the last of
 * them is gone. */
#include "tests/guest/memory.h"

enum { MAPPINGS = 70000 };
#define FIRST 0x40000000u

int main(void)
{
	uint32_t before;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[0] = 0x600DF00D;
	before = free_frames();
	for (uint32_t i = 0; i < MAPPINGS; i++) {
		int result = sys_page_map(0, AREA, 0, FIRST + i * PGSIZE, 1);

		if (result != 1) {
			printf("mapping %u: %s\n", i, STATUS(result));
			return 1;
		}
	}
	CHECK_EQ(mappings_of(AREA), MAPPINGS + 1);
	CHECK_EQ(page_unmap_all(0, FIRST + PGSIZE, MAPPINGS - 1), OK);
	CHECK_EQ(mappings_of(AREA), 2);
	CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	CHECK_EQ(page_alloc_all(0, OTHER | PTE_W, 256), OK); /* would reuse a freed frame */
	CHECK_EQ(words_at(FIRST)[0], 0x600DF00D);
	CHECK_EQ(mappings_of(FIRST), 1);
	CHECK_EQ(sys_page_unmap(0, FIRST, 1), 1);
	CHECK_EQ(page_unmap_all(0, OTHER, 256), OK);
	CHECK_EQ(free_frames(), before + 1 - (MAPPINGS + 1023) / 1024 - 1); /* tables stay */
	return 0;
}
