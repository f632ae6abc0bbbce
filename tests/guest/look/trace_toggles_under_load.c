/* The trace goes on and off, is read and cleared, while other envs fault, call and die on all CPUs:
 * nobody notices, records stay in order, and no frame is lost.
 * faults: self
 * timeout: 120 */
#include "kernel/abi/page.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

enum { ROUNDS = 60, CHILDREN = 3, PAGES = 8, YIELDS = 40 };

static struct trace_record records[TRACE_RECORDS_PER_PAGE] __attribute__((aligned(PGSIZE)));
static volatile char *const area = (volatile char *)0x20000000;
static struct sysinfo info;

/* A life full of entries to the kernel: faults, copies on write, calls, a child's death. */
static void live(void)
{
	CHECK_EQ(page_mark_all(0, (vaddr_t)area, PTE_ZERO_FILL, PAGES), OK);
	for (uint32_t i = 0; i < PAGES; i++) {
		area[i * PGSIZE] = 1;
	}
	pid_t pid = fork();
	if (pid == 0) {
		for (uint32_t i = 0; i < PAGES; i++) {
			area[i * PGSIZE] = 2;
		}
		exit(0);
	}
	CHECK_EQ(wait(pid, NULL, 0), pid);
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(area[i * PGSIZE], 1);
		(void)sys_clock_ticks();
	}
	exit(0);
}

static void read_some(void)
{
	for (uint32_t cpu = 0; cpu < info.ncpu; cpu++) {
		uint64_t last = 0;
		int n = sys_trace(TRACE_READ, cpu, (vaddr_t)records);

		CHECK(n >= 0);
		for (int i = 0; i < n; i++) {
			CHECK(records[i].tsc >= last && records[i].event < EVENT_COUNT);
			last = records[i].tsc;
		}
	}
}

static void clear(void)
{
	int left;

	do {
		left = sys_trace(TRACE_CLEAR, 0, 0);
		CHECK(left >= 0);
	} while (left > 0);
}

static void one_round(int round)
{
	struct process_end end;

	for (int i = 0; i < CHILDREN; i++) {
		if (fork() == 0) {
			live();
		}
	}
	records[0].tsc = 0; /* the page is ours again, after the forks */
	CHECK_EQ(process_trace(PM_TRACE_ON, 1 << round % 5), OK);
	for (int i = 0; i < YIELDS; i++) {
		sys_yield();
		read_some();
	}
	CHECK_EQ(process_trace(PM_TRACE_OFF, 0), OK);
	if (round % 2) {
		read_some();
	}
	clear();
	for (int i = 0; i < CHILDREN; i++) {
		CHECK(wait(0, &end, 0) > 0);
		CHECK_EQ(end.status, 0);
	}
}

static uint32_t free_frames(void)
{
	do {
		CHECK_EQ(sys_sysinfo(&info), OK);
	} while (info.dying > 0);
	return info.frames_free;
}

int main(void)
{
	uint32_t before = 0;

	CHECK_EQ(sys_sysinfo(&info), OK);
	for (int round = 0; round < ROUNDS; round++) {
		one_round(round);
		if (round == 4) {
			before = free_frames();
		}
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
