/* All envs that there can be sleep for no time, again and again: the clocks of others run out as
 * before, within some ticks. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/self.h"

enum { MOST = 1000, SLEEPS = 8, LONGEST_US = 40000 };

/* Receives from itself, with its registers' bound, for ever. */
asm(".text; .align 16; sleeper: movl %esi, %eax; movl %edi, %ebx; int $0x30; jmp sleeper");
extern char sleeper[];

static void attack(void)
{
	const vaddr_t text = (vaddr_t)sleeper & -PGSIZE;
	envid_t env;
	int n = 0;

	while (n < MOST && (env = sys_env_fork(0, 0)) > 0) {
		struct env_regs regs = {.eip = (vaddr_t)sleeper,
		                        .esi = SYS_IPC | IPC_RECV | IPC_RECV_TIMEOUT,
		                        .edi = (uint32_t)env,
		                        .esp = BARE_STACK};

		CHECK_EQ(sys_page_map(0, text, env, text, 1), 1);
		CHECK_EQ(sys_env_set_regs(env, &regs), OK);
		bare_run(env);
		n++;
	}
	CHECK(n > 900);
	ipc_sleep_us(10000000);
}

static const struct role roles[] = {{"attack", attack}};

int main(int argc, char *argv[])
{
	uint32_t longest = 0;

	program_name = argv[0];
	play_role(argc, argv, roles, 1);
	pid_t pid = start_on_self("attack");
	sleep_ms(500);
	for (int i = 0; i < SLEEPS; i++) {
		uint64_t start = clock_us();
		uint32_t us;

		ipc_sleep_us(1000);
		us = (uint32_t)(clock_us() - start);
		longest = us > longest ? us : longest;
	}
	printf("a sleep of 1 ms took up to %u us\n", longest);
	CHECK(longest <= LONGEST_US);
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(wait(pid, NULL, 0), pid);
	return 0;
}
