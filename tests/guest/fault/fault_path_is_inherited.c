/* A fork, what it spawns, and what it becomes by exec, are on the fault path of the process, as the
 * kernel and procmgr have it. */
#include "tests/guest/memory.h"

static const char *const again[] = {"fault_path_is_inherited", "look"};

static int look(void)
{
	struct pm_info info;
	pid_t self = getpid();

	CHECK_EQ(process_next(self - 1, &info), self);
	CHECK_EQ(info.path, FAULT_PATH_IPC);
	CHECK_EQ(env_page->fault_path, FAULTS_IPC);
	return 0;
}

static void spawn_in_fork(void)
{
	look();
	CHECK_EQ(end_of(spawn(2, again)).status, 0);
}

static void exec_in_fork(void)
{
	(void)exec(2, again);
	exit(1);
}

int main(int argc, char *argv[])
{
	static const char *const start[] = {"fault_path_is_inherited", "try", "all"};

	(void)argv;
	switch (argc) {
	case 1: CHECK_EQ(end_of(spawn_on(FAULT_PATH_IPC, 3, start)).status, 0); return 0;
	case 2: return look();
	default:
		check_child(spawn_in_fork);
		check_child(exec_in_fork);
		return look();
	}
}
