/* The longest page calls, begun at the last moment of each turn of a wait, does not break the
 * bound: a lender gives a whole long slice to an accomplice, who stops the lender, wakes the
 * victim, and uses up the lent turn and its own, both with the extension. So two are ready or
 * running while the victim waits. */
/* icount: 8 */
/* smp: 1 */
#define PEERS_MAX 3
#include "libsys/sched.h"
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"
#include "tests/guest/peers.h"

enum { RUN = 1024, RUN_MS = 1500, LEAST_ROUNDS = 5, WEIGHT_MS = 60000 };
enum { LENDER_READY, LENT, STOPPED };

static envid_t lender, accomplice, victim;
static volatile uint32_t state, rounds;

static void call_long(void)
{
	switch (rounds % 3) {
	case 0: CHECK(sys_page_alloc(0, AREA | PTE_W, RUN) > 0); break;
	case 1: CHECK(sys_page_map(0, AREA, 0, OTHER | PTE_W, RUN) > 0); break;
	default: CHECK(sys_page_unmap(0, OTHER, RUN) > 0);
	}
}

/* From `start`, when a turn began, to the end of its extension; a long call comes last. */
static void use_up(uint64_t start)
{
	enum { TICK = 8192, EXTENDED_US = HINT_WEIGHT_MAX * TICK + TICK / 8, CALL_BEFORE_US = 60 };

	env_page->preempt = HINT_NOT_NOW;
	while (clock_us() < start + EXTENDED_US - CALL_BEFORE_US) {}
	call_long();
	env_page->preempt = 0;
}

static void lends(uint32_t arg)
{
	(void)arg;
	for (;;) {
		while (state != LENDER_READY) {
			sys_yield();
		}
		sys_yield(); /* its turn begins with the next return */
		state = LENT;
		(void)sched_yield_to(accomplice);
	}
}

static void abets(uint32_t arg)
{
	(void)arg;
	for (;; rounds++) {
		uint64_t start;

		CHECK_EQ(page_alloc_all(0, AREA | PTE_W, RUN), OK);
		state = LENDER_READY;
		env_run(lender);
		while (state != LENT) {
			sys_yield();
		}
		start = clock_us();
		CHECK_EQ(sys_env_set(lender, ENV_RUN, 0), OK);
		CHECK_EQ(sys_notify(victim, 1u << 16), OK);
		state = STOPPED;
		use_up(start);
		use_up(clock_us());
	}
}

static void waits(uint32_t arg)
{
	struct ipc_msg msg;

	(void)arg;
	env_page->notify = 1u << 16;
	for (;;) {
		(void)ipc_recv(0, &msg, 0);
	}
}

int main(void)
{
	struct sched_cpu_info cpu;

	victim = peer_start(waits, 0);
	lender = peer_make(lends, 0);
	accomplice = peer_make(abets, 0);
	CHECK_EQ(sched_weight(lender, HINT_WEIGHT_MAX, WEIGHT_MS), 1);
	CHECK_EQ(sched_weight(accomplice, HINT_WEIGHT_MAX, WEIGHT_MS), 1);
	CHECK_EQ(sys_env_set(accomplice, ENV_SLOTS, 0), OK);
	CHECK_EQ(sys_env_set(accomplice, ENV_LIMIT, 2 * RUN), OK);
	CHECK_EQ(sys_env_set(lender, ENV_CONTROLLER, accomplice), OK);
	await_ipc(victim, 0);
	env_run(accomplice);
	sleep_ms(RUN_MS);
	CHECK_EQ(sched_query_cpu(0, &cpu), OK);
	printf("longest wait %u us, %u rounds\n", cpu.longest_us, rounds);
	CHECK(rounds >= LEAST_ROUNDS);
	CHECK_EQ(cpu.breaches, 0);
	return 0;
}
