/* All envs that there can be wait with a clock, in fault calls of stubs for the first of a ring of
 * such calls, and all clocks run out in one tick: that one is no longer than others. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/self.h"

#define CODE 0xA0000000u
#define DATA 0xB0000000u

enum { RING = 9, MOST = 1000, LONGEST = 150000 };
enum { WOKEN, WOKEN_AT };

/* Says when the first of them is woken, and ends. */
asm(".text\n"
    "waiter: int $0x30; rdtsc; movl $1, %ecx; xchgl %ecx, 0xB0000000; testl %ecx, %ecx; jnz 1f\n"
    "movl %eax, 0xB0000004\n"
    "1: xorl %ebx, %ebx; movl $12, %eax; int $0x30; jmp 1b\n"
    "waiter_end: nop\n");
extern char waiter[], waiter_end[];

static envid_t envs[MOST];

static uint32_t counts(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return low;
}

static envid_t stopped(void)
{
	envid_t env = sys_env_fork(0, 0);

	if (env > 0) {
		CHECK_EQ(sys_page_map(0, CODE, env, CODE, 1), 1);
		CHECK_EQ(sys_page_map(0, DATA, env, DATA | PTE_W, 1), 1);
	}
	return env;
}

static void wait_for(envid_t env, envid_t to)
{
	struct env_regs regs = {.eip = CODE,
	                        .eax = SYS_IPC | IPC_SEND | IPC_RECV | IPC_FAULT_CALL,
	                        .ebx = (uint32_t)to,
	                        .esp = DATA + PGSIZE - 16};

	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	CHECK_EQ(sys_env_set(env, ENV_FAULT_US, 60000000), OK);
	bare_run(env);
	while (!env_infos[ENV_SLOT(env)].waits) {
		sys_yield();
	}
}

static void attack(void)
{
	envid_t ring[RING];
	int n = 0;

	_Static_assert(SYS_ENV_DESTROY == 12, "in the text above");
	CHECK_EQ(sys_page_alloc(0, CODE | PTE_W, 1), 1);
	CHECK_EQ(sys_page_alloc(0, DATA | PTE_W, 1), 1);
	memcpy((void *)CODE, waiter, waiter_end - waiter);
	for (int i = 0; i < RING; i++) {
		ring[i] = stopped();
		CHECK(ring[i] > 0);
	}
	for (int i = 0; i < RING; i++) {
		wait_for(ring[i], ring[(i + 1) % RING]);
	}
	while (n < MOST && (envs[n] = stopped()) > 0) {
		wait_for(envs[n++], ring[0]);
	}
	CHECK(n > 900);
	for (int i = 0; i < n; i++) {
		CHECK_EQ(sys_env_set(envs[i], ENV_FAULT_US, 200000), OK);
	}
	uint32_t now = counts(), last;
	do { /* the tick comes after `last`, wherever in here it comes */
		last = now;
		now = counts();
	} while (words_at(DATA)[WOKEN_AT] == 0);
	uint32_t took = words_at(DATA)[WOKEN_AT] - last;
	printf("%d clocks: the tick took %u instructions\n", n, took);
	CHECK(took <= LONGEST);
}

static const struct role roles[] = {{"attack", attack}};

int main(int argc, char *argv[])
{
	program_name = argv[0];
	play_role(argc, argv, roles, 1);
	check_role("attack", 0);
	return 0;
}
