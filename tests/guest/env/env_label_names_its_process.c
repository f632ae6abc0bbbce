/* All envs of a process have its label, whoever made them and whoever controls them, and no other
 * process's have; an env cannot choose one. procmgr counts by it, on each path. */
#include "tests/guest/memory.h"

static uint32_t label_of(envid_t env)
{
	CHECK_EQ(env_infos[ENV_SLOT(env)].id, env);
	return env_infos[ENV_SLOT(env)].label;
}

static uint32_t envs_of(pid_t pid)
{
	struct pm_info info;

	CHECK_EQ(process_next(pid - 1, &info), pid);
	return info.envs;
}

/* Passes its own label to its parent. */
static void tell_label(void)
{
	words_at(AREA)[0] = label_of(env_page->id);
}

int main(void)
{
	uint32_t own = label_of(env_page->id);
	struct syscall_regs regs = {.esi = 16, .edi = 77};
	envid_t first, second;

	CHECK(own != 0);
	CHECK_EQ(label_of(env_page->controller), 0);
	CHECK_EQ(envs_of(getpid()), 1);
	first = sys_env_fork(0, 16);
	second = syscall_raw(SYS_ENV_FORK, &regs);
	CHECK_EQ(label_of(first), own);
	CHECK_EQ(label_of(second), own);
	CHECK_EQ(envs_of(getpid()), 3);
	CHECK_EQ(sys_env_set(second, ENV_CONTROLLER, (uint32_t)first), OK);
	CHECK_EQ(label_of(second), own);
	bare_destroy(first);
	CHECK_EQ(label_of(second), own);
	bare_destroy(second);
	CHECK_EQ(envs_of(getpid()), 1);
	CHECK_EQ(sys_env_set(0, ENV_HALT, own), E_PERM);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	check_child(tell_label);
	CHECK(words_at(AREA)[0] != 0 && words_at(AREA)[0] != own);
	return 0;
}
