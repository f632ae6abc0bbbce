/* mem: 16 128 */
/* timeout: 120 */
/* Processes that take all the memory they can get find an end of it: malloc
 * says NULL, or a write to a page that cannot be had ends them and says why.
 * The others work, then and afterwards. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"

enum { HOGS = 3, BLOCK = 1 << 20 };

static void hog(void)
{
	char *block;

	while ((block = malloc(BLOCK)) != NULL) {
		for (uint32_t at = 0; at < BLOCK; at += PGSIZE) {
			block[at] = 1;
		}
	}
}

static void check_others_work(void)
{
	static const char *const hello[] = {"hello"};
	pid_t pid = spawn(1, hello);

	CHECK(pid > 0 || pid == E_NO_MEM || pid == E_LIMIT);
	if (pid > 0) {
		(void)end_of(pid);
	}
	CHECK(count_processes() >= 2);
}

static void run_hogs(void)
{
	pid_t hogs[HOGS];

	for (int i = 0; i < HOGS; i++) {
		hogs[i] = start_child(hog);
	}
	check_others_work();
	for (int i = 0; i < HOGS; i++) {
		struct process_end end = end_of(hogs[i]);

		if (end.how == PM_END_FAULT && strstr(end.why, "limit reached") == NULL &&
		    strstr(end.why, "out of memory") == NULL) {
			printf("%s\n", end.why);
			exit(1);
		}
		CHECK(end.how == PM_END_FAULT || end.status == 0);
	}
}

int main(void)
{
	struct sysinfo before, after;
	static const char *const hello[] = {"hello"};

	run_hogs();
	before = settled_info();
	run_hogs();
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(end_of(spawn(1, hello)).status, 0);
	return 0;
}
