/* Whichever allocation of a fork or sfork fails, alone or with all after it, the parent gets an error and goes
 * on, no env and no page of the child is left; when none fails any more, there is a whole child. Needs the
 * kernel whose allocations fail (FAILHOOK=1). */
#include "kernel/abi/failhook.h"
#include "libsys/jos/kernel.h"

enum { PAGES = 8, MOST = 200 };

static int numbers[PAGES * K_PGSIZE / 4] = {1};

/* Allocation k of this env fails from now on; 0: none. What was left of the k before. */
static int fail_at(uint32_t k, uint32_t mode)
{
	struct syscall_regs regs = {.esi = k};

	return syscall_raw(SYS_FAIL | mode << 8, &regs);
}

/* Free frames, when nothing is being torn down. */
static uint32_t free_frames(void)
{
	struct sysinfo *info = (struct sysinfo *)(uintptr_t)&env_page->msg[3];

	while (kernel_call(SYS_SYSINFO, 0, 0, 0, 0) < 0 || info->dying) {
		sys_yield();
	}
	return info->frames_free;
}

static void fill(int by)
{
	for (uint32_t i = 0; i < PAGES * K_PGSIZE / 4; i += K_PGSIZE / 4) {
		numbers[i] = (int)i + by;
	}
}

static bool is_filled(int by)
{
	for (uint32_t i = 0; i < PAGES * K_PGSIZE / 4; i += K_PGSIZE / 4) {
		if (numbers[i] != (int)i + by) {
			return false;
		}
	}
	return true;
}

static void wait_for_end(envid_t child)
{
	const volatile struct Env *env = &envs[ENVX(child)];

	while (env->env_id == child && env->env_status != ENV_FREE) {
		sys_yield();
	}
}

/* Whether there was no allocation k. */
static bool try_fork(bool shared, uint32_t k, uint32_t mode)
{
	fill(k);
	fail_at(k, mode);
	envid_t child = shared ? sfork() : fork();
	if (child == 0) {
		sys_ipc_try_send(thisenv->env_parent_id, is_filled(k), 0, 0);
		exit();
	}
	bool unneeded = fail_at(0, 0) > 0;
	if (child < 0 && child != -E_NO_MEM && child != -E_NO_FREE_ENV) {
		panic("fork, allocation %d: %e", k, child);
	}
	if (child > 0) {
		wait_for_end(child);
	}
	if (!is_filled(k)) {
		panic("fork, allocation %d: the parent's memory changed", k);
	}
	return unneeded;
}

static uint32_t count_points(bool shared, uint32_t mode, uint32_t before)
{
	for (uint32_t k = 1; k < MOST; k++) {
		bool unneeded = try_fork(shared, k, mode);
		uint32_t now = free_frames();

		if (now != before) {
			panic("fork, allocation %d: %d free pages, %d before", k, now, before);
		}
		if (unneeded) {
			return k - 1;
		}
	}
	panic("fork always fails");
}

static void check(const char *name, bool shared)
{
	uint32_t before, once, on;

	try_fork(shared, MOST, FAIL_ONCE);
	before = free_frames();
	once = count_points(shared, FAIL_ONCE, before);
	on = count_points(shared, FAIL_ON, before);
	cprintf("%s: %d points of failure, %d for good\n", name, once, on);
}

void umain(int argc, char **argv)
{
	check("fork", false);
	check("sfork", true);
}
