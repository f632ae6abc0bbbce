/* boot: killservers
 * timeout: 120
 * Processes that fork, spawn, exec and wait are killed at moments drawn from a fixed seed, parents
 * and children alike, and now and then the pager with them. Who is not killed ends with the right
 * answer, and in the end there are the processes, envs and free frames of the start. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum { ROUNDS = 120, FAMILIES = 3, PAUSE_US = 2500, PAGES = 10, ANSWER = 42, WRONG = 1 };

static uint32_t data[PAGES * WORDS] = {1};

static void fill(uint32_t by)
{
	for (uint32_t page = 0; page < PAGES; page++) {
		data[page * WORDS] = page + by;
	}
}

static bool is_filled(uint32_t by)
{
	for (uint32_t page = 0; page < PAGES; page++) {
		if (data[page * WORDS] != page + by) {
			return false;
		}
	}
	return true;
}

/* A child: killed by nobody but its parent, and that at any moment. */
static void run_child(uint32_t round)
{
	static const char *const again[] = {"restart_random_kills", "answer"};

	if (!is_filled(round)) {
		exit(WRONG);
	}
	fill(round + 1);
	if (round % 3 == 0) {
		(void)exec(2, again);
		exit(WRONG);
	}
	exit(is_filled(round + 1) ? ANSWER : WRONG);
}

/* A family: makes children for ever, kills every other one, and waits for all. */
static void run_parent(uint32_t seed)
{
	static const char *const again[] = {"restart_random_kills", "answer"};
	struct process_end end;

	srand(seed + 1);
	for (uint32_t round = 0;; round++) {
		fill(round);
		pid_t forked = fork();
		if (forked == 0) {
			run_child(round);
		}
		pid_t spawned = spawn(2, again);
		CHECK(forked > 0 && spawned > 0);
		bool killed = rand() % 2 == 0;
		if (killed) {
			for (uint32_t turns = rand() % 8; turns > 0; turns--) {
				sys_yield();
			}
			CHECK_EQ(kill(forked), OK);
			CHECK_EQ(kill(spawned), OK);
		}
		for (int i = 0; i < 2; i++) {
			CHECK(wait(0, &end, 0) > 0);
			CHECK(end.status == ANSWER || (killed && end.how == PM_END_KILLED));
		}
		CHECK(is_filled(round));
	}
}

/* Kills the family, and starts another with that seed in its place. */
static void replace_family(pid_t *family, uint32_t seed)
{
	if (*family != 0) {
		struct process_end end;

		CHECK_EQ(kill(*family), OK);
		end = end_of(*family);
		if (end.how != PM_END_KILLED) {
			printf("a family ended with %d, %s\n", end.status, end.why);
			exit(1);
		}
	}
	*family = fork();
	CHECK(*family >= 0);
	if (*family == 0) {
		run_parent(seed);
	}
}

static void run_families(uint32_t rounds, uint32_t processes)
{
	pid_t families[FAMILIES] = {0};

	for (uint32_t i = 0; i < rounds; i++) {
		ipc_sleep_us(rand() % PAUSE_US);
		replace_family(&families[rand() % FAMILIES], i);
		if (rand() % 4 == 0) {
			kill_server(PM_SERVER_PAGER);
		}
	}
	for (uint32_t i = 0; i < FAMILIES; i++) {
		if (families[i] != 0) {
			CHECK_EQ(kill(families[i]), OK);
			CHECK_EQ(end_of(families[i]).how, PM_END_KILLED);
		}
	}
	while (count_processes() > processes) { /* orphans, which end by themselves */
		sys_yield();
	}
}

int main(int argc, char *argv[])
{
	struct sysinfo before, after;
	uint32_t processes;

	(void)argv;
	if (argc > 1) {
		fill(7);
		return is_filled(7) ? ANSWER : WRONG;
	}
	srand(3);
	processes = count_processes();
	run_families(4, processes);
	before = settled_info();
	run_families(ROUNDS, processes);
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	CHECK_EQ(after.envs, before.envs);
	return 0;
}
