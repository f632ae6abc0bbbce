/* `next` moves an env to the head of the queue, one in a round; and an env that became ready
 * too. */
/* smp: 1 */
/* icount: 1 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { RUNNERS = 4 };

static volatile uint32_t order[64], turns;

/* Turns of some microseconds: rounds are told apart by the time. */
static void runs(uint32_t arg)
{
	for (;;) {
		order[turns++ % 64] = arg;
		for (volatile uint32_t i = 0; i < 2000; i++) {}
		sys_yield();
	}
}

static void waits(uint32_t arg)
{
	for (;;) {
		(void)recv_word(0, NULL);
		order[turns++ % 64] = arg;
	}
}

/* Everybody has a turn; in this order. */
static void check_round(uint32_t n, const uint32_t *wanted)
{
	turns = 0;
	sys_yield();
	CHECK_EQ(turns, n);
	for (uint32_t i = 0; i < n; i++) {
		CHECK_EQ(order[i], wanted[i]);
	}
}

int main(void)
{
	envid_t id[RUNNERS], waiter = peer_start(waits, 9);

	for (uint32_t i = 0; i < RUNNERS; i++) {
		id[i] = peer_make(runs, i);
	}
	sys_yield();
	for (uint32_t i = 0; i < RUNNERS; i++) {
		env_run(id[i]);
	}
	CHECK_EQ(sched_next(id[3], 1), 1);
	CHECK_EQ(sched_next(id[2], 1), 0); /* the same round */
	check_round(4, (const uint32_t[]){3, 0, 1, 2});
	CHECK_EQ(sched_next(id[2], 1), 1);
	check_round(4, (const uint32_t[]){2, 3, 0, 1});

	CHECK_EQ(send_word(waiter, 0, 0), 0);
	check_round(5, (const uint32_t[]){2, 3, 0, 1, 9});
	CHECK_EQ(sched_next(waiter, 1000), 1); /* for when it becomes ready */
	CHECK_EQ(send_word(waiter, 0, 0), 0);
	check_round(5, (const uint32_t[]){9, 2, 3, 0, 1});
	return 0;
}
