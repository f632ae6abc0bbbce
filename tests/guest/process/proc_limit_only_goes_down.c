/* PM_LIMIT never raises a limit, though the process gives pages away and gets them back meanwhile;
 * and a limit that was set goes along to what the process starts, on path `self`, too. */
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { CALLS = 3000, GIVEN = 1000, LESS = 500, SELF_LIMIT = 400 };

static void give_and_take(void)
{
	for (;;) {
		envid_t env = sys_env_fork(0, GIVEN);

		if (env > 0) {
			(void)sys_env_destroy(env, 0);
		}
	}
}

static void check_race(void)
{
	pid_t pid = start_child(give_and_take);
	struct pm_info info;

	CHECK_EQ(process_next(pid - 1, &info), pid);
	const volatile struct env_info *env = &env_infos[ENV_SLOT(info.env)];
	uint32_t least = info.limit - LESS;

	while (process_limit(pid, least, 0) < 0) {}
	for (int i = 0; i < CALLS; i++) {
		int status = process_limit(pid, least, 0);

		CHECK(status == OK || status == E_PERM);
		CHECK(env->limit <= least);
	}
	CHECK_EQ(process_limit(pid, least + 1, 0), E_PERM);
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(end_of(pid).how, PM_END_KILLED);
}

static void check_self(void)
{
	const char *const words[] = {"proc_limit_only_goes_down", "self"};

	CHECK_EQ(process_limit(getpid(), SELF_LIMIT, 0), OK);
	CHECK_EQ(end_of(spawn_on(FAULT_PATH_SELF, 2, words)).status, 0);
}

int main(int argc, char *argv[])
{
	(void)argv;
	if (argc > 1) {
		CHECK_EQ(env_infos[ENV_SLOT(env_page->id)].limit, SELF_LIMIT);
		CHECK_EQ(sys_env_fork(0, SELF_LIMIT), E_LIMIT);
		return 0;
	}
	check_race();
	check_child(check_self);
	return 0;
}
