/* Killing a process on path `self` ends its family, however deep, whatever they do, and whoever of
 * them has ended already; all frames and envs come back. */
#include "tests/guest/self.h"

enum { BRANCHES = 3, DEPTH = 3, FAMILY = 1 + 3 + 9 + 27, ROUNDS = 4 };

static void wait_forever(void)
{
	struct ipc_msg msg;

	for (;;) {
		(void)ipc_recv(0, &msg, 0);
	}
}

static void spin(void)
{
	for (;;) {}
}

/* All members of the tree stay: inner ones wait for children or messages, leaves spin or sleep. */
static void grow_tree(void)
{
	for (int depth = 0, i = 0; i < BRANCHES && depth < DEPTH; i++) {
		if (fork() == 0) {
			depth++;
			i = -1;
		}
	}
	switch ((uint32_t)getpid() % 4) {
	case 0: wait_forever(); break;
	case 1: (void)wait(0, NULL, 0); break;
	case 2: spin(); break;
	default: sleep_ms(1000000); break;
	}
	wait_forever();
}

/* The same, but the first env and all inner ones end: the leaves are heirs. */
static void grow_leaves(void)
{
	for (int depth = 0; depth < DEPTH; depth++) {
		bool child = false;

		for (int i = 0; i < BRANCHES && !child; i++) {
			child = fork() == 0;
		}
		if (!child) {
			exit(0);
		}
	}
	wait_forever();
}

static void fork_for_ever(void)
{
	for (;;) {
		if (fork() < 0) {
			sys_yield();
		}
	}
}

static const struct role roles[] = {
	{"tree", grow_tree},
	{"leaves", grow_leaves},
	{"bomb", fork_for_ever},
};

static void kill_at(const char *role, uint32_t envs)
{
	pid_t pid = start_on_self(role);
	struct process_end end;

	while (info_of(pid).envs != envs) {
		sys_yield();
	}
	CHECK_EQ(info_of(pid).path, FAULT_PATH_SELF);
	CHECK_EQ(kill(pid), OK);
	end = end_of(pid);
	CHECK_EQ(end.how, PM_END_KILLED);
	CHECK_EQ(end.status, PM_STATUS_KILLED);
}

static void kill_bomb(void)
{
	pid_t pid = start_on_self("bomb");

	while (info_of(pid).envs < 60) {
		sys_yield();
	}
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(end_of(pid).how, PM_END_KILLED);
}

int main(int argc, char *argv[])
{
	struct sysinfo before;

	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	kill_at("tree", FAMILY);
	before = settled_info();
	for (int round = 0; round < ROUNDS; round++) {
		kill_at("tree", FAMILY);
		check_all_back(&before, "tree");
		kill_at("leaves", BRANCHES * BRANCHES * BRANCHES);
		check_all_back(&before, "leaves");
	}
	kill_bomb();
	check_all_back(&before, "bomb");
	return 0;
}
/* timeout: 120 */
