/* failhook: 1
 * Whichever allocation of a spawn fails, alone or with all after it, there is an error and nothing
 * left, no page, no slot, no process; when none fails any more, the program runs. */
#include "tests/guest/fail.h"

enum { MOST = 1000, STATUS = 42 };

/* Whether there was no allocation k. */
static bool try_spawn(uint32_t k, uint32_t mode, const struct account *before)
{
	static const char *const child[] = {"fail_spawn_is_a_transaction", "end"};

	fail_at(process_manager, k, mode);
	pid_t pid = spawn(2, child);
	bool unneeded = fail_at(0, 0, 0) != 0;
	if (pid < 0) {
		CHECK(pid == E_NO_MEM || pid == E_NO_ENV);
		CHECK(!unneeded);
	} else {
		CHECK_EQ(end_of(pid).status, STATUS);
	}
	check_account(before, "spawn", k);
	return unneeded;
}

static uint32_t count_points(uint32_t mode, const struct account *before)
{
	uint32_t k = 1;

	while (!try_spawn(k, mode, before)) {
		CHECK(++k < MOST);
	}
	return k - 1;
}

int main(int argc, char *argv[])
{
	struct account before;

	(void)argv;
	if (argc > 1) {
		return STATUS;
	}
	before = account_now();
	(void)count_points(FAIL_ONCE, &before);
	uint32_t once = count_points(FAIL_ONCE, &before), on = count_points(FAIL_ON, &before);
	printf("spawn: %u points of failure, %u for good\n", once, on);
	CHECK(once > 0 && on > 0);
	return 0;
}
