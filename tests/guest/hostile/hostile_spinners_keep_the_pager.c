/* Strangers who spin and call the pager without end keep nobody from it: a slice that ends in the
 * pager, on the way of a stranger's request, does not make it wait for all others' turns, while the
 * clocks of those who wait for its answer go on. */
#include "libsys/args.h"
#include "libsys/sched.h"
#include "libsys/time.h"
#include "protocols/pager.h"
#include "tests/guest/memory.h"

enum {
	SPINNERS = 44, /* of a CPU: a round of their turns is longer than the deadline */
	FLOODERS = 3,
	VICTIMS = 3,
	PAGES = 400,
	DEADLINE_MS = 1000,
	CODE = AREA,
};

static volatile uint32_t cells[PAGES][WORDS];

static envid_t spinner(void)
{
	envid_t env = sys_env_fork(0, 8);
	struct env_regs regs = {.eip = CODE};

	CHECK(env > 0);
	CHECK_EQ(sys_env_set(env, ENV_SLOTS, 0), OK);
	CHECK_EQ(sys_page_map(0, CODE, env, CODE, 1), 1);
	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	CHECK_EQ(sched_weight(env, HINT_WEIGHT_MAX, HINT_MS_MAX), 1);
	bare_run(env);
	return env;
}

static void spinners(void)
{
	for (uint32_t i = 0; i < SPINNERS; i++) {
		(void)spinner();
	}
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

static void flood(void)
{
	envid_t pager = env_page->pager;

	for (;;) {
		struct ipc_msg msg = {.w = {OTHER | PAGER_FAULT, PTE_ZERO_FILL, FEC_WR},
		                      .nwords = 3};

		CHECK_EQ(ipc_call(pager, &msg, 0), OK);
	}
}

static void victim(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		cells[i][0] = i;
	}
}

int main(void)
{
	pid_t others[64], victims[VICTIMS];
	struct sysinfo info;
	int n = 0, bad = 0;

	CHECK_EQ(sys_page_alloc(0, CODE | PTE_W, 1), 1);
	words_at(CODE)[0] = 0xFEEB; /* jmp $ */
	CHECK_EQ(sys_sysinfo(&info), OK);
	for (uint32_t i = 0; i < info.ncpu; i++) {
		others[n++] = start_child(spinners);
	}
	for (uint32_t i = 0; i < FLOODERS; i++) {
		others[n++] = start_child(flood);
	}
	CHECK_EQ(process_deadline(0, DEADLINE_MS), 5000);
	for (uint32_t i = 0; i < VICTIMS; i++) {
		victims[i] = start_child(victim);
	}
	for (uint32_t i = 0; i < VICTIMS; i++) {
		struct process_end end = end_of(victims[i]);

		if (end.how != PM_END_EXIT) {
			bad++;
			(void)sys_debug_write(end.why, strlen(end.why));
		}
	}
	while (n > 0) {
		CHECK_EQ(kill(others[--n]), OK);
		CHECK_EQ(wait(others[n], NULL, 0), others[n]);
	}
	CHECK_EQ(bad, 0);
	return 0;
}
