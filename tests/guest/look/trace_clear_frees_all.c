/* The rings' memory is back after TRACE_CLEAR, also when there was not enough for all.
 * faults: self */
#include "tests/guest/check.h"

#include "libsys/syscall.h"

enum { PAGES = 512, LEFT = 400 };

static struct sysinfo info_now(void)
{
	struct sysinfo info = {0};

	CHECK_EQ(sys_sysinfo(&info), OK);
	return info;
}

static void clear(void)
{
	int left;

	CHECK_EQ(process_trace(PM_TRACE_OFF, 0), OK);
	do {
		left = sys_trace(TRACE_CLEAR, 0, 0);
		CHECK(left >= 0);
	} while (left > 0);
}

int main(void)
{
	const struct sysinfo before = info_now();
	struct trace_stats stats = {0};

	for (int round = 0; round < 3; round++) {
		CHECK_EQ(process_trace(PM_TRACE_ON, PAGES), OK);
		CHECK_EQ(info_now().frames_free, before.frames_free - before.ncpu * (PAGES + 1));
		clear();
		CHECK_EQ(info_now().frames_free, before.frames_free);
	}
	CHECK_EQ(page_alloc_all(0, 0x20000000 | PTE_W, before.frames_free - LEFT), OK);
	CHECK_EQ(process_trace(PM_TRACE_ON, PAGES), E_NO_MEM);
	CHECK_EQ(process_trace(PM_TRACE_OFF, 0), OK);
	CHECK_EQ(sys_trace_stats(&stats), OK);
	CHECK_EQ(stats.capacity, 0);
	return 0;
}
