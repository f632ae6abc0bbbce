/* spawn, exec and wait on path `self`, by the process itself and by children that it forked. */
#include "tests/guest/self.h"

enum { ROUNDS = 5 };

static pid_t spawn_role(enum fault_path path, const char *role)
{
	const char *const argv[] = {program_name, role};
	pid_t pid = spawn_on(path, 2, argv);

	CHECK(pid > 0 && pid <= PM_PID_MAX);
	return pid;
}

static void end_42(void)
{
	exit(42);
}

static void nap(void)
{
	sleep_ms(20);
}

static void check_spawn(void)
{
	pid_t first = spawn_role(FAULT_PATH_SELF, "42"), forked = start_child(nap);
	pid_t second = spawn_role(FAULT_PATH_SELF, "nap");
	int found = 0;

	CHECK_EQ(end_of(first).status, 42);
	for (int i = 0; i < 2; i++) { /* both kinds at once */
		pid_t pid = wait(0, NULL, 0);

		found += pid == forked ? 1 : pid == second ? 10 : 100;
	}
	CHECK_EQ(found, 11);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	first = spawn_role(FAULT_PATH_SELF, "spin");
	CHECK_EQ(wait(first, NULL, PM_WAIT_NOHANG), 0);
	CHECK_EQ(kill(first), OK);
	CHECK_EQ(end_of(first).how, PM_END_KILLED);
}

/* A spawned process is of who spawned it, and not of others of the family. */
static pid_t brothers;

static void check_not_mine(void)
{
	CHECK_EQ(wait(brothers, NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	check_spawn();
}

/* Its spawned ones are nobody's then, and end by themselves. */
static void leave_spawned(void)
{
	for (int i = 0; i < 5; i++) {
		(void)spawn_role(FAULT_PATH_SELF, i % 2 == 0 ? "nap" : "42");
	}
}

static void exec_42(void)
{
	const char *const argv[] = {program_name, "42"};

	CHECK_EQ(exec(2, argv), 0);
}

static void exec_nothing(void)
{
	const char *const argv[] = {"nosuch"};

	CHECK_EQ(exec(1, argv), E_NOT_FOUND);
}

/* Its forked child stays in the family. */
static void exec_with_family(void)
{
	(void)start_child(nap);
	exec_42();
}

static void check_all(void)
{
	check_spawn();
	brothers = spawn_role(FAULT_PATH_SELF, "42");
	check_child(check_not_mine);
	pid_t a = start_child(check_spawn), b = start_child(check_spawn);
	CHECK_EQ(end_of(a).status, 0);
	CHECK_EQ(end_of(b).status, 0);
	CHECK_EQ(end_of(brothers).status, 42);
	check_child(leave_spawned);
	CHECK_EQ(end_of(start_child(exec_42)).status, 42);
	check_child(exec_nothing);
	exec_nothing();
}

static void spin(void)
{
	for (;;) {}
}

static const struct role roles[] = {
	{"all", check_all}, {"42", end_42},    {"nap", nap},
	{"spin", spin},     {"exec", exec_42}, {"family", exec_with_family},
};

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	check_role("all", 0);
	sleep_ms(200); /* for those that it left to themselves */
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		check_role("all", 0);
		check_all_back(&before, "all");
	}
	check_role("exec", 42);
	check_all_back(&before, "exec");
	check_role("family", 42);
	check_all_back(&before, "family");
	return 0;
}
/* timeout: 120 */
