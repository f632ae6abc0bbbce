/* Pagers paged by pagers: what the last one in the row pages works, and so it does when the first
 * one is killed. */
#include "tests/guest/pager/own_pagers.h"

enum { ROW = 3 };

static void run_row(enum fault_path path, int victim)
{
	const char *const pager[] = {"logpager", "-q"};
	const char *const program[] = {"cowtest"};
	pid_t pids[ROW + 1];

	for (int i = 0; i <= ROW; i++) {
		pid_t above = i > 0 ? pids[i - 1] : 0;

		pids[i] = i < ROW ? spawn_pager(above, path, 2, pager)
		                  : spawn_paged(above, path, 1, program);
		CHECK(pids[i] > 0);
	}
	if (victim >= 0) {
		CHECK_EQ(kill(pids[victim]), OK);
	}
	for (int i = ROW; i >= 0; i--) {
		struct process_end end = end_of(pids[i]);

		CHECK_EQ(end.how, i == victim ? PM_END_KILLED : PM_END_EXIT);
		CHECK_EQ(end.status, i == victim ? PM_STATUS_KILLED : 0);
	}
}

int main(void)
{
	run_row(FAULT_PATH_PAGER, -1);

	uint32_t before = free_frames();

	for (int i = 0; i < PAGED_PATHS; i++) {
		run_row(paged_paths[i], -1);
		for (int victim = 0; victim < ROW; victim++) {
			run_row(paged_paths[i], victim);
		}
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
