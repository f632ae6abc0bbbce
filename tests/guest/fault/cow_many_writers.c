/* smp: 1 2 4 */
/* timeout: 120 */
/* A parent and its children write the same pages at the same time, again and
 * again: each finds what it wrote, and the frames come back exactly. */
#include "tests/guest/memory.h"

enum { CHILDREN = 4, ROUNDS = 12, PAGES = 48 };

static uint32_t pages[PAGES][WORDS] __attribute__((aligned(4096)));
static uint32_t own_tag;

static void write_and_check(uint32_t tag)
{
	for (uint32_t page = 0; page < PAGES; page++) {
		pages[page][tag % WORDS] = tag + page;
	}
	for (uint32_t page = 0; page < PAGES; page++) {
		CHECK_EQ(pages[page][tag % WORDS], tag + page);
		CHECK_EQ(pages[page][0], 1000 + page);
	}
}

static void child(void)
{
	for (uint32_t other = 1; other <= CHILDREN; other++) {
		CHECK_EQ(pages[PAGES - 1][other], 0);
	}
	write_and_check(own_tag);
}

static void one_round(void)
{
	pid_t children[CHILDREN];

	for (uint32_t page = 0; page < PAGES; page++) {
		pages[page][0] = 1000 + page;
	}
	for (uint32_t i = 0; i < CHILDREN; i++) {
		own_tag = i + 1;
		children[i] = start_child(child);
		write_and_check(100 + i);
	}
	for (uint32_t i = 0; i < CHILDREN; i++) {
		struct process_end end = end_of(children[i]);

		if (end.status != 0) {
			printf("child %u: %d, %s\n", i, end.status, end.why);
			exit(1);
		}
	}
	write_and_check(500);
}

int main(void)
{
	struct sysinfo before, after;

	one_round();
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		one_round();
	}
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	return 0;
}
