/* Envs that only calculate get the same time, also when their number is no multiple of the CPUs':
 * within 5% over 10 s. */
/* icount: 16 */
/* timeout: 180 */
#include "tests/guest/sched/shares.h"

static uint32_t weight(uint32_t i)
{
	(void)i;
	return 1;
}

int main(void)
{
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	shares_check(2 * info.ncpu + 1, weight, 10000, 50);
	return 0;
}
