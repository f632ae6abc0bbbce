/* A full ring keeps the oldest records, drops the others and counts them; reading makes room.
 * faults: self */
#include "tests/guest/check.h"

#include "libsys/syscall.h"

enum { CALLS = 1000 };

static struct trace_record records[TRACE_RECORDS_PER_PAGE] __attribute__((aligned(PGSIZE)));
static uint32_t ncpu;

static struct trace_stats stats_now(void)
{
	struct trace_stats stats = {0};

	CHECK_EQ(sys_trace_stats(&stats), OK);
	return stats;
}

static void call_often(void)
{
	for (int i = 0; i < CALLS; i++) {
		(void)sys_clock_ticks();
	}
}

static uint32_t read_all(void)
{
	uint32_t total = 0;

	for (uint32_t cpu = 0; cpu < ncpu; cpu++) {
		uint64_t last = 0;
		int n;

		while ((n = sys_trace(TRACE_READ, cpu, (vaddr_t)records)) > 0) {
			for (int i = 0; i < n; i++) {
				CHECK(records[i].tsc >= last && records[i].event < EVENT_COUNT);
				CHECK_EQ(records[i].cpu, cpu);
				last = records[i].tsc;
			}
			total += (uint32_t)n;
		}
	}
	return total;
}

int main(void)
{
	struct sysinfo info = {0};
	struct trace_stats before, after;

	CHECK_EQ(sys_sysinfo(&info), OK);
	ncpu = info.ncpu;
	records[0].tsc = 0;
	CHECK_EQ(process_trace(PM_TRACE_ON, 1), OK);
	before = stats_now();
	CHECK(before.on);
	CHECK_EQ(before.capacity, ncpu * TRACE_RECORDS_PER_PAGE);
	call_often();
	after = stats_now();
	CHECK(after.waiting <= after.capacity);
	/* An entry and a return each. */
	CHECK(after.waiting + after.dropped >= before.waiting + before.dropped + 2 * CALLS);

	CHECK_EQ(process_trace(PM_TRACE_OFF, 0), OK);
	after = stats_now();
	call_often();
	CHECK_EQ(stats_now().dropped, after.dropped);
	CHECK_EQ(read_all(), after.waiting);
	CHECK_EQ(stats_now().waiting, 0);
	CHECK_EQ(stats_now().dropped, after.dropped);

	CHECK_EQ(process_trace(PM_TRACE_ON, 1), OK);
	CHECK(stats_now().waiting > 0);
	return 0;
}
