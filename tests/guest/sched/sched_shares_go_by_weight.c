/* Envs that only calculate get time in proportion to their weights: within 10% over 10 s. */
/* icount: 16 */
/* timeout: 180 */
#include "tests/guest/sched/shares.h"

static uint32_t weight(uint32_t i)
{
	return 1 + i % 4;
}

int main(void)
{
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	shares_check(4 * info.ncpu, weight, 10000, 100);
	return 0;
}
