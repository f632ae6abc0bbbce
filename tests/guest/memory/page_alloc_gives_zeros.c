/* Fresh pages are all zeros, whatever their frames held before. */
#include "tests/guest/memory.h"

enum { PAGES = 64, ROUNDS = 8 };

int main(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t wrong = 0;

		CHECK_EQ(page_alloc_all(0, AREA | PTE_W, PAGES), OK);
		for (uint32_t i = 0; i < PAGES * WORDS; i++) {
			wrong += words_at(AREA)[i] != 0;
			words_at(AREA)[i] = 0xA5A5A5A5;
		}
		CHECK_EQ(wrong, 0);
		CHECK_EQ(sys_page_unmap(0, AREA, PAGES), PAGES);
	}
	return 0;
}
