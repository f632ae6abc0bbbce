/* Who is yielded to runs next, on the rest of the slice, and then has the turn that it had
 * anyway. */
/* smp: 1 */
/* icount: 1 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { RUNNERS = 3 };

static volatile uint32_t order[64], turns;

static void runs(uint32_t arg)
{
	for (;;) {
		order[turns++ % 64] = arg;
		sys_yield();
	}
}

int main(void)
{
	static const uint32_t wanted[] = {2, 0, 1, 2};
	envid_t id[RUNNERS];

	for (uint32_t i = 0; i < RUNNERS; i++) {
		id[i] = peer_make(runs, i);
	}
	sys_yield();
	for (uint32_t i = 0; i < RUNNERS; i++) {
		env_run(id[i]);
	}
	CHECK_EQ(sched_yield_to(id[2]), 1);
	CHECK_EQ(turns, 4);
	for (uint32_t i = 0; i < 4; i++) {
		CHECK_EQ(order[i], wanted[i]);
	}
	CHECK_EQ(sched_yield_to(id[2]), 1);
	CHECK_EQ(order[4], 2);
	for (uint32_t i = 0; i < RUNNERS; i++) {
		peer_kill(id[i]);
	}
	CHECK_EQ(sched_yield_to(id[2]), 0); /* dead: a plain yield */
	CHECK_EQ(sched_yield_to(0), 0);     /* oneself */
	return 0;
}
