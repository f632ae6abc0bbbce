/* Control of an env goes down or up one's own tree, and to nobody else: not to servers, not to
 * other processes, nor to what they control, nor to root. Who tries that and ends leaves
 * nothing. */
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { ENVS = 12 };

static envid_t strangers[ENVS];
static uint32_t nstrangers;

static void spin_forever(void)
{
	for (;;) {}
}

static void give_to_strangers(void)
{
	for (uint32_t i = 0; i < ENVS; i++) {
		envid_t env = i < 2 ? bare_stopped(spin_forever) : sys_env_fork(0, 4);

		CHECK(env > 0);
		if (i < 2) {
			bare_run(env);
		} else {
			CHECK_EQ(sys_env_set(env, ENV_SLOTS, 0), OK);
		}
		for (uint32_t k = 0; k < nstrangers; k++) {
			CHECK_EQ(sys_env_set(env, ENV_CONTROLLER, (uint32_t)strangers[k]), E_PERM);
		}
		CHECK_EQ(env_infos[ENV_SLOT(env)].controller, env_page->id);
	}
}

/* Waits for ever. */
static void another_process(void)
{
	words_at(AREA)[0] = (uint32_t)sys_env_fork(0, 16);
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

int main(void)
{
	envid_t child, grandchild;
	struct sysinfo before, after;
	struct pm_info info;
	pid_t other;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	other = start_child(another_process);
	while (words_at(AREA)[0] == 0) {
		sys_yield();
	}
	CHECK_EQ(process_next(0, &info), 1);
	strangers[nstrangers++] = info.env;
	CHECK_EQ(process_next(other - 1, &info), other);
	strangers[nstrangers++] = info.env;
	strangers[nstrangers++] = (envid_t)words_at(AREA)[0];
	strangers[nstrangers++] = process_server(PM_SERVER_PAGER);
	strangers[nstrangers++] = process_server(PM_SERVER_CONSOLE);
	strangers[nstrangers++] = process_manager;
	strangers[nstrangers++] = env_page->id; /* of a child of ours, a stranger too */

	check_child(give_to_strangers);
	before = settled_info();
	for (int i = 0; i < 3; i++) {
		check_child(give_to_strangers);
	}
	for (int ms = 0; ms < 2000; ms++) {
		after = settled_info();
		if (after.envs == before.envs && after.frames_free == before.frames_free) {
			break;
		}
		sleep_ms(1);
	}
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(after.frames_free, before.frames_free);

	child = sys_env_fork(0, 40);
	grandchild = sys_env_fork(0, 8);
	CHECK_EQ(sys_env_set(grandchild, ENV_CONTROLLER, (uint32_t)child), OK);
	CHECK_EQ(sys_env_set(grandchild, ENV_CONTROLLER, (uint32_t)env_page->id), E_PERM);
	bare_destroy(child);
	CHECK_EQ(env_infos[ENV_SLOT(grandchild)].controller, env_page->id);
	bare_destroy(grandchild);
	CHECK_EQ(kill(other), OK);
	return end_of(other).how != PM_END_KILLED;
}
