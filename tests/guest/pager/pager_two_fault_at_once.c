/* smp: 2 4 */
/* timeout: 120 */
/* Two processes that share a page write it at the same moment: one gets a copy,
 * or both do, but neither loses a write, nor does the frame get lost or stay
 * shared. */
#include "tests/guest/memory.h"

enum { ROUNDS = 150 };
#define GATE (words_at(OTHER)) /* shared: [0] round opened */

static void child(void)
{
	uint32_t mine = GATE[1];

	GATE[2] = mine; /* ready */
	while (GATE[0] != mine) {}
	words_at(AREA)[1] = mine;
	CHECK_EQ(words_at(AREA)[0], mine);
	CHECK_EQ(words_at(AREA)[1], mine);
	CHECK_EQ(words_at(AREA)[2], 0);
}

int main(void)
{
	uint32_t before;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_page_alloc(0, OTHER | PTE_W | PTE_SHARE, 1), 1);
	check_child(child); /* round 0 */
	words_at(AREA)[1] = 0;
	before = free_frames();
	for (uint32_t round = 1; round <= ROUNDS; round++) {
		pid_t pid;

		words_at(AREA)[0] = round;
		words_at(AREA)[2] = 0;
		GATE[1] = round;
		pid = start_child(child);
		while (GATE[2] != round) {
			sys_yield();
		}
		GATE[0] = round;
		words_at(AREA)[2] = round;
		CHECK_EQ(end_of(pid).status, 0);
		CHECK_EQ(words_at(AREA)[0], round);
		CHECK_EQ(words_at(AREA)[1], 0);
		CHECK_EQ(words_at(AREA)[2], round);
		CHECK_EQ(free_frames(), before);
		CHECK_EQ(mappings_of(AREA), 1);
	}
	return 0;
}
