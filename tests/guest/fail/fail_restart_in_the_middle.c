/* failhook: 1
 * boot: killservers
 * timeout: 120
 * While programs fault, fork and print, the pager and the console are killed, and each allocation
 * of procmgr's fails in turn: so in the restart, or in what it is asked beside it. The servers
 * stand again, and the programs end well: a fork that was refused for want of memory is made
 * again. */
#include "tests/guest/fail.h"
#include "tests/guest/restart.h"

enum { POINTS = 40, DATA_PAGES = 6, ANSWER = 42, WORKERS = 2 };

#define STOP (words_at(AREA)[0])

static uint32_t data[DATA_PAGES * WORDS] = {1};

static void fill(uint32_t by)
{
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i += WORDS) {
		data[i] = i + by;
	}
}

static bool filled(uint32_t by)
{
	bool good = true;

	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i += WORDS) {
		good = good && data[i] == i + by;
	}
	return good;
}

static void work(uint32_t worker)
{
	uint32_t forks = 0;

	for (uint32_t round = 0; !STOP || forks == 0; round++) {
		fill(round);
		pid_t child = fork();
		if (child == 0) {
			fill(round + 1);
			exit(filled(round + 1) ? ANSWER : 1);
		}
		if (child < 0) {
			CHECK(child == E_NO_MEM || child == E_NO_ENV);
			CHECK(filled(round));
			continue;
		}
		forks++;
		CHECK(filled(round));
		fill(round + 2);
		CHECK_EQ(end_of(child).status, ANSWER);
		if (worker == 0) {
			printf(".");
			CHECK_EQ(stdout_drain(), OK);
		}
	}
	exit(ANSWER);
}

static void kill_under_load(enum pm_server which)
{
	pid_t workers[WORKERS];

	STOP = 0;
	for (uint32_t i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		CHECK(workers[i] >= 0);
		if (workers[i] == 0) {
			work(i);
		}
	}
	for (uint32_t k = 1; k <= POINTS; k++) {
		fail_at(process_manager, k, FAIL_ONCE);
		kill_server(which);
		CHECK(process_server(which) > 0);
		ipc_sleep_us(k % 3 * 1000);
	}
	fail_at(0, 0, 0);
	STOP = 1;
	for (uint32_t i = 0; i < WORKERS; i++) {
		struct process_end end = end_of(workers[i]);

		if (end.how != PM_END_EXIT || end.status != ANSWER) {
			printf("a worker ended with %d, %s\n", end.status, end.why);
			exit(1);
		}
	}
}

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	kill_under_load(PM_SERVER_PAGER);
	kill_under_load(PM_SERVER_CONSOLE);
	struct account before = account_now();
	kill_under_load(PM_SERVER_PAGER);
	kill_under_load(PM_SERVER_CONSOLE);
	check_account(&before, "restarts under load", POINTS);
	return 0;
}
