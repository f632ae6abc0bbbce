/* Whoever makes more fault calls a tick than a tick starts clocks of, each time just before the
 * tick, keeps no other's clock from starting. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/record.h"
#include "libsys/sched.h"
#include "libsys/time.h"
#include "tests/guest/self.h"

enum {
	FLOODERS = 130,
	BURST_US = 4500, /* after a tick */
	VICTIMS = 3,
	BOUND_US = 100000,
	WAIT_MS = 1000,
};

enum { FAULT_CALL = SYS_IPC | IPC_SEND | IPC_RECV | IPC_FAULT_CALL };

/* Calls env ebx once, then ends. */
asm(".text; .align 16; caller_once: int $0x30; xorl %ebx, %ebx; movl $12, %eax; int $0x30");
_Static_assert(SYS_ENV_DESTROY == 12, "as above");
/* Waits for a word from env ebp, calls env edi by esi, for ever. */
asm(".text; .align 32; flooder: pushl %ebp; pushl %esi; pushl %edi; 1: movl $(1 | 0x200), %eax;"
    "movl 8(%esp), %ebx; int $0x30; movl 4(%esp), %eax; movl (%esp), %ebx; int $0x30; jmp 1b");
/* Answers all. */
asm(".text; .align 16; echo: movl $(1 | 0x100 | 0x200 | 0x400), %eax; int $0x30; jmp echo");
_Static_assert((SYS_IPC | IPC_SEND | IPC_RECV | IPC_REPLY) == 0x701 && IPC_RECV == 0x200,
               "as above");
extern char caller_once[], flooder[], echo[];

static envid_t make_env(const char *entry, struct env_regs regs, uint32_t us)
{
	const vaddr_t text = (vaddr_t)entry & -PGSIZE;
	envid_t env = sys_env_fork(0, 0);

	regs.eip = (vaddr_t)entry;
	regs.esp = BARE_STACK + PGSIZE;
	CHECK(env > 0);
	CHECK_EQ(sys_page_map(0, text, env, text, 1), 1);
	CHECK_EQ(sys_page_alloc(env, BARE_STACK | PTE_W, 1), 1);
	CHECK_EQ(sys_env_set(env, ENV_FAULT_US, us), OK);
	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	return env;
}

static void wait_for_burst(struct sched_cpu_info *cpu)
{
	uint32_t ticks = cpu->ticks;
	uint64_t start;

	while (cpu->ticks == ticks) { /* others may run */
		sys_yield();
		(void)sched_query_cpu(0, cpu);
	}
	start = clock_us();
	while (clock_us() - start < BURST_US) {
		sys_yield();
	}
}

static void flood(void)
{
	static envid_t envs[FLOODERS];
	struct sched_cpu_info cpu = {0};
	envid_t server = make_env(echo, (struct env_regs){0}, 0);

	bare_run(server);
	for (int i = 0; i < FLOODERS; i++) {
		envs[i] = make_env(flooder,
		                   (struct env_regs){.esi = FAULT_CALL,
		                                     .edi = (uint32_t)server,
		                                     .ebp = (uint32_t)env_page->id},
		                   600000000);
	}
	for (int i = 0; i < FLOODERS; i++) {
		bare_run(envs[i]);
	}
	for (;;) {
		wait_for_burst(&cpu);
		for (int i = 0; i < FLOODERS; i++) {
			struct ipc_msg msg = {.nwords = 0};

			(void)ipc_send(envs[i], &msg, IPC_SEND_NOWAIT);
		}
	}
}

/* A fault call of BOUND_US to one who never answers ends. */
static void victim(void)
{
	envid_t sink = sys_env_fork(0, 0);
	envid_t env = make_env(
		caller_once, (struct env_regs){.eax = FAULT_CALL, .ebx = (uint32_t)sink}, BOUND_US);
	uint64_t start = clock_us();
	uint32_t ms;

	bare_run(env);
	do {
		ipc_sleep_us(20000);
		ms = (uint32_t)((clock_us() - start) / 1000);
	} while (record_env_lives(env) && ms < WAIT_MS);
	printf("%s after %u ms\n", ms < WAIT_MS ? "ended" : "still waits", ms);
	exit(ms >= WAIT_MS);
}

static const struct role roles[] = {{"flood", flood}, {"victim", victim}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, 2);
	check_role("victim", 0);
	pid_t pid = start_on_self("flood");
	sleep_ms(500);
	for (int i = 0; i < VICTIMS; i++) {
		check_role("victim", 0);
	}
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(wait(pid, NULL, 0), pid);
	return 0;
}
