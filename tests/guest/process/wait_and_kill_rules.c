/* wait: any, one, no hang, none; orphans; who may kill whom; statuses. */
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

static struct process_end end;

static pid_t child_exits(int status)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		exit(status);
	}
	return child;
}

static pid_t child_spins(void)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		for (;;) {}
	}
	return child;
}

static void wait_finds_children(void)
{
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(1, NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(getpid(), NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(-1, NULL, 0), E_NO_CHILD);
	pid_t spinner = child_spins();
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), 0);
	CHECK_EQ(wait(spinner, NULL, PM_WAIT_NOHANG), 0);
	pid_t a = child_exits(5), b = child_exits(-1);
	CHECK_EQ(wait(b, &end, 0), b);
	CHECK_EQ(end.status, 100);
	CHECK_EQ(wait(0, &end, 0), a);
	CHECK_EQ(end.status, 5);
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_TEXT(end.why, "");
	CHECK_EQ(kill(spinner), OK);
	CHECK_EQ(kill(spinner), OK);
	CHECK_EQ(wait(0, &end, 0), spinner);
	CHECK_EQ(end.status, PM_STATUS_KILLED);
	CHECK_EQ(end.how, PM_END_KILLED);
	CHECK(strstr(end.why, "killed") != NULL);
	CHECK_EQ(kill(spinner), E_BAD_ENV);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
}

/* The kernel's own end of an env counts too. */
static void destroyed_env_is_exit(void)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		(void)sys_env_destroy(0, 7);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_EQ(end.status, 7);
}

static void kill_needs_ancestry(void)
{
	pid_t self = getpid(), victim = child_spins(), child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		CHECK_EQ(kill(self), E_PERM);
		CHECK_EQ(kill(1), E_PERM);
		CHECK_EQ(kill(victim), E_PERM);
		CHECK_EQ(kill(0), E_BAD_ENV);
		CHECK_EQ(kill(-5), E_BAD_ENV);
		(void)kill(getpid());
		exit(1);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.how, PM_END_KILLED);
	CHECK_EQ(kill(victim), OK);
	CHECK_EQ(wait(victim, NULL, 0), victim);
}

/* A grandchild whose parent ends has nobody, and is collected when it ends. */
static void orphans_are_collected(void)
{
	struct pm_info info;
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		for (int i = 0; i < 10; i++) {
			if (fork() == 0) {
				sleep_ms(50);
				CHECK_EQ(getppid(), 0);
				exit(3);
			}
		}
		(void)child_exits(1);
		exit(0);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, 0);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	for (int left = 1; left > 0; sys_yield()) {
		left = 0;
		for (int cursor = 0; (cursor = process_next(cursor, &info)) > 0;) {
			left += info.pid > child;
		}
	}
}

/* A waiting parent that is killed, and one whose child is killed by a third. */
static void waiting_parent_dies(void)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		(void)child_spins();
		(void)wait(0, NULL, 0);
		exit(1);
	}
	struct pm_info info;
	int cursor;
	do {
		cursor = process_next(child - 1, &info);
		CHECK_EQ(cursor, child);
	} while (info.state != PM_WAITING);
	cursor = process_next(child, &info);
	CHECK_EQ(info.parent, child);
	CHECK_EQ(kill(child), OK);
	CHECK_EQ(wait(child, &end, 0), child);
	/* The spinner is nobody's child now: we may not kill it any more. */
	CHECK_EQ(kill(info.pid), E_PERM);
}

int main(void)
{
	wait_finds_children();
	destroyed_env_is_exit();
	kill_needs_ancestry();
	orphans_are_collected();
	waiting_parent_dies();
	return 0;
}
