/* failhook: 1
 * Whichever allocation of an exec fails, alone or with all after it, there is an error, the process
 * goes on in the old program with its memory as it was, and nothing of the new env is left; when
 * none fails any more, the process runs the program. */
#include "tests/guest/fail.h"

enum { MOST = 1000, SAME = 41, CHANGED = 42, WORD = 0x1234567 };

static uint32_t word = WORD;

/* In a child: an exec whose allocation k fails. */
static void run_exec(uint32_t k, uint32_t mode)
{
	static const char *const next[] = {"fail_exec_is_a_transaction", "end"};
	static const char *const none[] = {"no such program"};
	struct sysinfo before, after;

	CHECK_EQ(exec(1, none), E_NOT_FOUND); /* all that exec writes to is the child's own now */
	before = settled_info();

	fail_at(process_manager, k, mode);
	int status = exec(2, next);
	CHECK(fail_at(0, 0, 0) == 0);
	CHECK(status == E_NO_MEM || status == E_NO_ENV);
	CHECK_EQ(word, WORD);
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.envs, before.envs);
	word = 0; /* the parent's stays */
	exit(SAME);
}

/* Whether there was no allocation k. */
static bool try_exec(uint32_t k, uint32_t mode, const struct account *before)
{
	pid_t pid = fork();

	if (pid == 0) {
		run_exec(k, mode);
	}
	int status = end_of(pid).status;
	bool unneeded = fail_at(0, 0, 0) != 0;
	CHECK(status == SAME || status == CHANGED);
	CHECK_EQ(status == CHANGED || !unneeded, true);
	CHECK_EQ(status == SAME || unneeded || mode == FAIL_ONCE,
	         true); /* the kernel may try again */
	CHECK_EQ(word, WORD);
	if (before != NULL) {
		check_account(before, "exec", k);
	}
	return unneeded;
}

static uint32_t count_points(uint32_t mode, const struct account *before)
{
	uint32_t k = 1;

	while (!try_exec(k, mode, before)) {
		CHECK(++k < MOST);
	}
	return k - 1;
}

int main(int argc, char *argv[])
{
	struct account before;

	(void)argv;
	if (argc > 1) {
		return CHANGED;
	}
	(void)try_exec(MOST, FAIL_ONCE, NULL);
	before = account_now();
	uint32_t once = count_points(FAIL_ONCE, &before), on = count_points(FAIL_ON, &before);
	printf("exec: %u points of failure, %u for good\n", once, on);
	CHECK(once > 0 && on > 0);
	return 0;
}
