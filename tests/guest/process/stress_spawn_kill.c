/* timeout: 240 */
/* 1,000 processes spawned and killed, some at once, some after they have run
 * for a while, end with exactly the free frames of the start and no process
 * left. */
#include "tests/guest/memory.h"

enum {
	ROUNDS = 1000
}; /* a quarter of it on one CPU, where who yields to a program waits for its slice */

static void one_round(int round)
{
	static const char *const spin[] = {"spin"};
	pid_t pid = spawn(1, spin);
	struct process_end end;

	if (pid < 0) {
		printf("round %d: %s\n", round, STATUS(pid));
		exit(1);
	}
	for (int i = 0; i < round % 4; i++) {
		sys_yield();
	}
	CHECK_EQ(kill(pid), OK);
	end = end_of(pid);
	CHECK_EQ(end.how, PM_END_KILLED);
}

int main(void)
{
	struct sysinfo before, after;
	uint32_t processes;

	for (int round = 0; round < 4; round++) {
		one_round(round);
	}
	processes = count_processes();
	before = settled_info();
	for (int round = 0; round < (before.ncpu == 1 ? ROUNDS / 4 : ROUNDS); round++) {
		one_round(round);
	}
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(count_processes(), processes);
	return 0;
}
