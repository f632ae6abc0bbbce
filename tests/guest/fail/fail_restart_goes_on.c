/* failhook: 1
 * boot: killservers
 * Whichever allocation of a server's restart fails, the server is started all the same, and nothing
 * is left of the attempt that failed. */
#include "tests/guest/fail.h"
#include "tests/guest/restart.h"

enum { MOST = 1000 };

static volatile uint32_t word;

static void use_pager(void)
{
	word++;
}

static bool try_kill(enum pm_server which, uint32_t k, const struct account *before)
{
	fail_at(process_manager, k, FAIL_ONCE);
	kill_server(which);
	bool unneeded = fail_at(0, 0, 0) != 0;
	CHECK(process_server(which) > 0);
	check_child(use_pager);
	CHECK_EQ(stdout_drain(), OK);
	check_account(before, "restart", k);
	return unneeded;
}

static void check_server(enum pm_server which)
{
	struct account before;
	uint32_t k = 1;

	kill_server(which);
	check_child(use_pager);
	CHECK_EQ(stdout_drain(), OK);
	before = account_now();
	while (!try_kill(which, k, &before)) {
		CHECK(++k < MOST);
	}
	CHECK(k > 1);
}

int main(void)
{
	check_server(PM_SERVER_PAGER);
	check_server(PM_SERVER_CONSOLE);
	return 0;
}
