/* An env that is dead, and whose end its controller has asked for and not read, keeps its slot:
 * `ps` shows whose it is. */
#include "tests/guest/memory.h"

enum { DEAD = 20 };

static uint32_t envs_of(pid_t pid)
{
	struct pm_info info;

	CHECK_EQ(process_next(pid - 1, &info), pid);
	return info.envs;
}

static void end_at_once(void)
{
	for (;;) {
		(void)sys_env_destroy(0, 0);
	}
}

int main(void)
{
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	CHECK_EQ(envs_of(getpid()), 1);
	for (int i = 0; i < DEAD; i++) {
		envid_t env = bare_stopped(end_at_once);

		CHECK_EQ(sys_env_set(env, ENV_SLOTS, 0), OK);
		bare_run(env);
		while (env_infos[ENV_SLOT(env)].status > ENV_DYING) {
			sys_yield();
		}
	}
	CHECK_EQ(envs_of(getpid()), 1 + DEAD);
	for (int i = 0; i < DEAD; i++) {
		(void)next_death();
	}
	(void)settled_info();
	return envs_of(getpid()) != 1;
}
