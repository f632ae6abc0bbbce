/* Who floods hints loses its own, and nobody else's; and where its hint to yield is not taken, it
 * yields all the same. */
/* smp: 1 */
/* icount: 1 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { FLOOD = 3 * HINTS_PER_TICK };

static volatile uint32_t ran;

static uint32_t flood(void)
{
	uint32_t taken = 0;

	for (uint32_t i = 0; i < FLOOD; i++) {
		taken += (uint32_t)sched_cpu(0, 0, 1000);
	}
	return taken;
}

static void floods(uint32_t arg)
{
	for (;;) {
		(void)flood();
		ran += arg;
		sys_yield();
	}
}

int main(void)
{
	envid_t flooder = peer_start(floods, 1);
	struct sched_info before, after;

	for (uint32_t i = 0; i < 20; i++) {
		uint32_t was = ran;

		sys_yield();
		CHECK_EQ(ran, was + 1);
		CHECK_EQ(sched_cpu(0, 0, 1000), 1); /* right after a flood */
	}
	CHECK_EQ(sched_query(flooder, &after), OK);
	CHECK(after.ignored > FLOOD);

	CHECK_EQ(sched_query(0, &before), OK);
	CHECK(flood() < FLOOD);
	for (uint32_t i = 0; i < FLOOD; i++) {
		uint32_t was = ran;

		CHECK_EQ(sched_yield_to(0x7FFFF000), 0);
		CHECK_EQ(ran, was + 1);
	}
	CHECK_EQ(sched_query(0, &after), OK);
	CHECK(after.ignored >= before.ignored + FLOOD);
	return 0;
}
