/* Beside programs that calculate, one that mostly sleeps runs sooner after it wakes when headstart
 * gives the hints; when headstart is killed, round robin goes on. With an argument this is the
 * sleeper. */
/* smp: 1 2 */
/* icount: 8 */
/* timeout: 120 */
#include "libsys/time.h"
#include "tests/guest/check.h"

enum { HOGS = 6, NAPS = 41, NAP_MS = 50 }; /* at least, and less than twice */

static pid_t start_hog(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;) {}
	}
	CHECK(pid > 0);
	return pid;
}

/* How much later than it wanted it runs, in milliseconds: the median, for a few naps are cut off by
 * a move to the other CPU's queue, which says nothing of the hints. */
static uint32_t lateness(void)
{
	uint32_t late[NAPS];

	for (int i = 0; i < NAPS; i++) {
		uint64_t start = clock_us();
		uint32_t nap = NAP_MS + (uint32_t)i * 17 % NAP_MS; /* all parts of a round */
		int place = i;

		sleep_ms(nap);
		uint32_t ms = (uint32_t)(clock_us() - start) / 1000 - nap;
		for (; place > 0 && late[place - 1] > ms; place--) {
			late[place] = late[place - 1];
		}
		late[place] = ms;
	}
	return late[NAPS / 2];
}

static int sleeper(void)
{
	pid_t hog[HOGS];
	uint32_t late;

	for (int i = 0; i < HOGS; i++) {
		hog[i] = start_hog();
	}
	sleep_ms(1000);
	late = lateness();
	for (int i = 0; i < HOGS; i++) {
		CHECK_EQ(kill(hog[i]), OK);
	}
	return (int)late;
}

static pid_t start_under_headstart(const char *name)
{
	const char *const argv[] = {"headstart", name, "sleeper"};
	pid_t pid = spawn(3, argv);

	CHECK(pid > 0);
	return pid;
}

int main(int argc, char *argv[])
{
	struct process_end end;
	struct pm_info info;
	uint32_t alone, helped;
	int cursor = 0;
	pid_t pid;

	if (argc > 1) {
		return sleeper();
	}
	alone = (uint32_t)sleeper();
	pid = start_under_headstart(argv[0]);
	CHECK_EQ(wait(pid, &end, 0), pid);
	helped = (uint32_t)end.status;
	printf("late by %u ms alone, %u ms with headstart\n", alone, helped);
	CHECK(end.how == PM_END_EXIT && helped * 3 < alone * 2);

	pid = start_under_headstart(argv[0]);
	sleep_ms(1500);
	CHECK_EQ(kill(pid), OK);
	helped = lateness();
	printf("%u ms beside the orphans\n", helped);
	CHECK(helped <= alone * 2);
	while ((cursor = process_next(cursor, &info)) > 0) { /* the orphaned sleeper and its hogs */
		if (info.pid != getpid() && strcmp(info.name, argv[0]) == 0) {
			(void)kill(info.pid);
		}
	}
	return 0;
}
