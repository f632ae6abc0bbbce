/* A fork, spawn or exec that meets a limit fails with its reason: no child, no
 * page lost, and the caller goes on as before. Limits go down only, and
 * children inherit them. */
#include "tests/guest/memory.h"

enum { CHILDREN = 3 };

static void nothing(void)
{
}

static void wait_forever(void)
{
	struct ipc_msg msg;

	(void)ipc_recv(0, &msg, 0);
}

/* Starts a child and waits until it does nothing any more. */
static pid_t start_waiter(void)
{
	pid_t pid = start_child(wait_forever);
	const volatile struct env_info *env;
	struct pm_info info;

	CHECK_EQ(process_next(pid - 1, &info), pid);
	env = &env_infos[ENV_SLOT(info.env)];
	while (!env->waits || env->partner != 0) {
		sys_yield();
	}
	return pid;
}

static void check_child_limit(void)
{
	static const char *const hello[] = {"hello"};
	pid_t children[CHILDREN];
	struct sysinfo before;

	CHECK_EQ(process_limit(getpid(), 0, CHILDREN), OK);
	CHECK_EQ(process_limit(getpid(), 0, CHILDREN + 1), E_PERM);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = start_waiter();
	}
	CHECK_EQ(fork(), E_LIMIT);
	CHECK_EQ(spawn(1, hello), E_LIMIT);
	before = settled_info();
	for (int again = 0; again < 10; again++) {
		CHECK_EQ(fork(), E_LIMIT);
		CHECK_EQ(spawn(1, hello), E_LIMIT);
	}
	CHECK_EQ(settled_info().frames_free, before.frames_free);
	CHECK_EQ(settled_info().envs, before.envs);
	CHECK_EQ(kill(children[0]), OK);
	CHECK_EQ(fork(), E_LIMIT); /* the dead count until waited for */
	(void)end_of(children[0]);
	check_child(nothing);
	for (int i = 1; i < CHILDREN; i++) {
		CHECK_EQ(kill(children[i]), OK);
		(void)end_of(children[i]);
	}
}

/* Every limit on the way from nothing to enough. */
static void check_page_limits(void)
{
	static const char *const hello[] = {"hello"};
	bool forked = false;

	for (uint32_t pages = 1; pages < 64 && !forked; pages++) {
		pid_t tester = fork();

		CHECK(tester >= 0);
		if (tester > 0) {
			struct process_end end = end_of(tester);

			/* 50 a fork that failed, 51 one that worked; or no room for itself */
			CHECK(end.status == 50 || end.status == 51 || end.how == PM_END_FAULT);
			forked = end.status == 51;
			continue;
		}
		int status = process_limit(getpid(), pages, 0);

		if (status < 0) { /* it has more already */
			CHECK_EQ(status, E_LIMIT);
			exit(50);
		}
		pid_t child = fork();
		if (child == 0) {
			exit(0);
		}
		if (child < 0) {
			CHECK_EQ(child, E_LIMIT);
			child = exec(1, hello);
			exit(child == E_LIMIT ? 50 : 1);
		}
		(void)end_of(child); /* which would still hold pages */
		exit(51);
	}
	CHECK(forked);
}

int main(void)
{
	struct sysinfo before, after;

	check_child(check_child_limit);
	check_page_limits();
	before = settled_info();
	check_child(check_child_limit);
	check_page_limits();
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(wait(0, NULL, 0), E_NO_CHILD);
	return 0;
}
