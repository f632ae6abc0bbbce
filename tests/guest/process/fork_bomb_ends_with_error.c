/* smp: 4 */
/* timeout: 120 */
/* Processes that fork without end get errors; all of them can be ended, and everything comes
 * back. */
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

enum { ROUNDS = 3, TABLE = 1024, LONG_MS = 1000000 };

static pid_t pids[TABLE];

static uint32_t settled_free(void)
{
	struct sysinfo info;

	do {
		CHECK_EQ(sys_sysinfo(&info), 0);
		sys_yield();
	} while (info.dying != 0);
	return info.frames_free;
}

static _Noreturn void bomb(void)
{
	for (;;) {
		pid_t child = fork();

		if (child < 0 && child != E_LIMIT && child != E_NO_ENV && child != E_NO_MEM) {
			printf("unexpected %s\n", STATUS(child));
		}
		if (child < 0) {
			sleep_ms(LONG_MS);
		}
	}
}

/* All pids from `first` on, into pids[]. */
static uint32_t list_processes(pid_t first)
{
	struct pm_info info;
	uint32_t count = 0;

	for (int cursor = first - 1; (cursor = process_next(cursor, &info)) > 0;) {
		CHECK(count < TABLE);
		pids[count++] = info.pid;
	}
	return count;
}

static void wait_until_full(void)
{
	uint32_t last, now = 0;

	do {
		last = now;
		sleep_ms(200);
		now = list_processes(1);
	} while (now != last || now < 100);
	printf("%u processes\n", now);
}

int main(void)
{
	uint32_t free = settled_free(), processes = list_processes(1);
	struct process_end end;

	for (int round = 0; round < ROUNDS; round++) {
		pid_t child = fork();

		CHECK(child >= 0);
		if (child == 0) {
			bomb();
		}
		wait_until_full();
		/* From the last to the first: so all the ancestors of each are still there. */
		for (uint32_t count; (count = list_processes(child)) > 1;) {
			while (count > 0) {
				int status = kill(pids[--count]);

				CHECK(status == OK || status == E_BAD_ENV);
			}
			(void)wait(child, &end, PM_WAIT_NOHANG);
		}
		CHECK_EQ(end.how, PM_END_KILLED);
		CHECK_EQ(list_processes(1), processes);
		CHECK_EQ(settled_free(), free);
	}
	return 0;
}
