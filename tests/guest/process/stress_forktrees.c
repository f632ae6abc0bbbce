/* timeout: 240 */
/* 100 trees of forks, 15 processes each, end with exactly the free frames of
 * the start and no process left. */
#include "tests/guest/memory.h"

enum { TREES = 100, DEPTH = 3 };

static void grow(int depth)
{
	pid_t children[2];

	if (depth == 0) {
		return;
	}
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		CHECK(children[i] >= 0);
		if (children[i] == 0) {
			grow(depth - 1);
			exit(depth);
		}
	}
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(end_of(children[i]).status, depth);
	}
}

static void tree(void)
{
	grow(DEPTH);
}

int main(void)
{
	struct sysinfo before, after;
	uint32_t processes;

	check_child(tree);
	processes = count_processes();
	before = settled_info();
	for (int i = 0; i < TREES; i++) {
		check_child(tree);
	}
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(count_processes(), processes);
	return 0;
}
