/* spawn and exec of what is no program, is not there, or has too many arguments
 * fail with their reasons, start nothing, lose nothing, and leave the caller as
 * it was. */
#include "tests/guest/memory.h"

typedef int start_fn(int argc, const char *const argv[]);

static char long_word[300];

static void check_refusals(start_fn *start)
{
	static const char *const readme[] = {"README"}, *const nosuch[] = {"nosuch"},
				 *const empty[] = {""}, *const far[] = {"hello", long_word};
	const char *many[PM_BYTES_MAX];

	CHECK_EQ(start(1, readme), E_BAD_EXE);
	CHECK_EQ(start(1, nosuch), E_NOT_FOUND);
	CHECK_EQ(start(1, empty), E_NOT_FOUND);
	CHECK_EQ(start(2, far), E_TOO_BIG);
	CHECK_EQ(start(0, readme), E_INVAL);
	for (int i = 0; i < PM_BYTES_MAX; i++) {
		many[i] = i == 0 ? "hello" : "";
	}
	CHECK_EQ(start(PM_BYTES_MAX, many), E_TOO_BIG);
}

int main(void)
{
	struct sysinfo before, after;
	uint32_t processes;
	pid_t pid = getpid();
	envid_t env = sys_self();

	memset(long_word, 'x', sizeof(long_word) - 1);
	check_refusals(spawn);
	processes = count_processes();
	before = settled_info();
	words_at(USTACKTOP - 50 * PGSIZE)[0] = 0; /* a page more; see that it counts */
	CHECK_EQ(settled_info().frames_free, before.frames_free - 1);
	check_refusals(spawn);
	check_refusals(exec);
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free - 1);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(count_processes(), processes);
	CHECK_EQ(getpid(), pid);
	CHECK_EQ(sys_self(), env);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	return 0;
}
