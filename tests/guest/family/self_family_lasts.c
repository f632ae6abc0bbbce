/* A process on path `self` lasts until the last env of its family has ended, and its status is
 * that of its first env; of what it leaves behind nothing stays. */
#include "tests/guest/self.h"

enum { NAP_MS = 150, CHAIN = 6 };

static void nap(void)
{
	sleep_ms(NAP_MS);
}

static void leave_child(void)
{
	(void)start_child(nap);
	exit(7);
}

static void leave_grandchild(void)
{
	if (fork() == 0) {
		(void)start_child(nap);
		exit(1);
	}
	CHECK_EQ(wait(0, NULL, 0) > 0, true);
	exit(5);
}

/* Each env ends at once but the last: so each comes to procmgr, or goes from one to the next. */
static void leave_chain(void)
{
	for (int i = 0; i < CHAIN; i++) {
		if (fork() > 0) {
			exit(i == 0 ? 9 : 1);
		}
	}
	nap();
}

static void leave_child_that_faults(void)
{
	if (fork() == 0) {
		nap();
		words_at(0)[0] = 1;
	}
	exit(3);
}

/* A child that never ran can never run now. */
static void leave_stopped(void)
{
	CHECK(sys_env_fork(0, 0) > 0);
	exit(4);
}

/* One stopped on its way, perhaps with a child that runs. */
static void leave_stopped_parent(void)
{
	pid_t child = start_child(leave_child);

	(void)sys_env_set(child, ENV_RUN, 0); /* if it has not ended already */
	exit(6);
}

static const struct role roles[] = {
	{"child", leave_child},     {"grandchild", leave_grandchild},
	{"chain", leave_chain},     {"fault", leave_child_that_faults},
	{"stopped", leave_stopped}, {"parent", leave_stopped_parent},
};

static void check_lasts(const char *role, int status)
{
	uint64_t start = clock_us();

	check_role(role, status);
	CHECK(clock_us() - start >= NAP_MS * 1000);
}

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	check_lasts("child", 7);
	before = settled_info();
	check_lasts("child", 7);
	check_all_back(&before, "child");
	check_lasts("grandchild", 5);
	check_all_back(&before, "grandchild");
	check_lasts("chain", 9);
	check_all_back(&before, "chain");
	check_lasts("fault", 3);
	check_all_back(&before, "fault");
	check_role("stopped", 4);
	check_all_back(&before, "stopped");
	check_role("parent", 6);
	check_all_back(&before, "parent");
	return 0;
}
