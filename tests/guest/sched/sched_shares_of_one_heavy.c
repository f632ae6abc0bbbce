/* One heavy env and so many light ones that it is entitled to less than a CPU: all get time by
 * their weights, though their number cannot be the same on each CPU. */
/* smp: 2 4 */
/* icount: 16 */
/* timeout: 180 */
#include "tests/guest/sched/shares.h"

static uint32_t weight(uint32_t i)
{
	return i == 0 ? HINT_WEIGHT_MAX : 1;
}

int main(void)
{
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	shares_check(HINT_WEIGHT_MAX * (info.ncpu - 1) + 3, weight, 10000, 100);
	return 0;
}
