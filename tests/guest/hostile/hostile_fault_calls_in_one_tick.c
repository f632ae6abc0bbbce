/* All envs that there can be begin fault calls of stubs within one tick: the next one, which starts
 * their clocks, is no longer than others. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/self.h"

enum { MOST = 1000, LONGEST_US = 80, LOOK_US = 40000 };

/* What its registers say, once; then it ends. */
asm(".text; .align 16; waiter: int $0x30; xorl %ebx, %ebx; movl $12, %eax; int $0x30");
extern char waiter[];

static envid_t envs[MOST];

static uint32_t longest_gap(void)
{
	uint64_t start = clock_us(), last = start;
	uint32_t most = 0;

	while (last - start < LOOK_US) {
		uint64_t now = clock_us();
		uint32_t gap = (uint32_t)(now - last);

		most = gap > most ? gap : most;
		last = now;
	}
	return most;
}

static void attack(void)
{
	const vaddr_t text = (vaddr_t)waiter & -PGSIZE;
	envid_t sink = sys_env_fork(0, 0);
	uint32_t tick, us;
	int n = 0;

	_Static_assert(SYS_ENV_DESTROY == 12, "in the text above");
	CHECK(sink > 0);
	while (n < MOST && (envs[n] = sys_env_fork(0, 0)) > 0) {
		struct env_regs regs = {.eip = (vaddr_t)waiter,
		                        .eax = SYS_IPC | IPC_SEND | IPC_RECV | IPC_FAULT_CALL,
		                        .ebx = (uint32_t)sink,
		                        .esp = BARE_STACK};

		CHECK_EQ(sys_page_map(0, text, envs[n], text, 1), 1);
		CHECK_EQ(sys_env_set(envs[n], ENV_FAULT_US, 600000000), OK);
		CHECK_EQ(sys_env_set_regs(envs[n], &regs), OK);
		n++;
	}
	CHECK(n > 900);
	tick = sys_clock_ticks();
	while (sys_clock_ticks() == tick) {}
	for (int i = 0; i < n; i++) {
		bare_run(envs[i]);
	}
	sys_yield();
	us = longest_gap();
	for (int i = 0; i < n; i++) {
		CHECK(env_infos[ENV_SLOT(envs[i])].waits);
	}
	printf("%d calls: longest gap %u us\n", n, us);
	CHECK(us <= LONGEST_US);
}

static const struct role roles[] = {{"attack", attack}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, 1);
	check_role("attack", 0);
	return 0;
}
