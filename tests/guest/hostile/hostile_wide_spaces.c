/* Envs with page tables all over their spaces, which die all at once and whose deaths nobody reads,
 * keep neither the kernel nor procmgr from others while somebody looks for a slot: for an env of
 * its own, or for a process. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/self.h"

enum { WIDE_MAX = 8, KEPT_FRAMES = 4000, LONGEST_US = 60000 };

static void die(void)
{
	asm volatile("ud2");
}

static envid_t wide(void)
{
	envid_t env = sys_env_fork(0, 0);
	struct env_regs regs = {.eip = (vaddr_t)die, .esp = BARE_STACK + PGSIZE - 16};

	CHECK(env > 0);
	for (vaddr_t va = 0; va < UTOP - PTSIZE; va += PTSIZE) {
		if (sys_page_mark(env, va, PTE_ZERO_FILL, 1) < 0 ||
		    sys_page_mark(env, va + PTSIZE - PGSIZE, PTE_ZERO_FILL, 1) < 0) {
			(void)sys_env_destroy(env, 0);
			return 0;
		}
	}
	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	return env;
}

static void fill_all_slots(void)
{
	static envid_t envs[WIDE_MAX];
	struct sysinfo info;
	uint32_t n = 0, filled = 0;

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	for (;;) {
		CHECK_EQ(sys_sysinfo(&info), OK);
		if (n == WIDE_MAX || info.frames_free < KEPT_FRAMES || (envs[n] = wide()) <= 0) {
			break;
		}
		n++;
	}
	while (sys_env_fork(0, 0) > 0) {
		filled++;
	}
	printf("%u wide, %u others\n", n, filled);
	for (uint32_t i = 0; i < n; i++) {
		(void)sys_env_set(envs[i], ENV_RUN, 1);
	}
	for (uint32_t i = 0; i < n; i++) {
		while (env_infos[ENV_SLOT(envs[i])].status > ENV_DYING) {
			sys_yield();
		}
	}
}

static void fork_env(void)
{
	fill_all_slots();
	(void)sys_env_fork(0, 0);
}

static void start_process(void)
{
	const char *const words[] = {program_name, "none"};

	fill_all_slots();
	CHECK_EQ(spawn(2, words), E_NO_ENV); /* nobody reads the deaths */
}

/* Meanwhile we look at it by calls to procmgr. */
static void check_attack(const char *role)
{
	pid_t pid = start_on_self(role);
	uint64_t last = clock_us(), now;
	struct process_end end = {.status = -1};
	uint32_t most = 0;

	while (wait(pid, &end, PM_WAIT_NOHANG) == 0) {
		now = clock_us();
		most = now - last > most ? (uint32_t)(now - last) : most;
		last = now;
	}
	printf("%s: longest between two looks %u us\n", role, most);
	CHECK(most <= LONGEST_US);
	CHECK_EQ(end.status, 0);
}

static const struct role roles[] = {{"fork", fork_env}, {"spawn", start_process}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, sizeof(roles) / sizeof(roles[0]));
	check_attack("fork");
	check_attack("spawn");
	return 0;
}
