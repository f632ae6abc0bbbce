/* Looking is not limited like hints: many queries in a tick all get answers, while a flood of hints
 * is ignored. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/sched.h"
#include "tests/guest/check.h"

int main(void)
{
	struct sched_info before, info = {.weight = 77};
	uint32_t taken = 0;

	CHECK_EQ(sched_query(0, &before), OK);
	for (int i = 0; i < 3 * HINTS_PER_TICK; i++) {
		info.slices = 0;
		CHECK_EQ(sched_query(0, &info), OK);
		CHECK(info.weight == 1 && info.slices >= before.slices);
	}
	for (int i = 0; i < 3 * HINTS_PER_TICK; i++) {
		taken += (uint32_t)sched_cpu(0, 0, 1);
	}
	CHECK_EQ(sched_query(0, &info), OK);
	printf("%u hints taken, %u ignored\n", taken, info.ignored);
	CHECK(taken >= HINTS_PER_TICK / 2 && taken <= 2 * HINTS_PER_TICK);
	CHECK_EQ(info.ignored - before.ignored + taken, 3 * HINTS_PER_TICK);
	return 0;
}
