/* SYS_TRACE refuses what makes no sense, and touches nothing then, also for who may use it.
 * faults: self
 * (so that this is the first process, which procmgr allows) */
#include "tests/guest/check.h"

#include "libsys/syscall.h"

static char page[2 * PGSIZE] __attribute__((aligned(PGSIZE)));
static const char text[PGSIZE] __attribute__((aligned(PGSIZE))) = "read only";

static int read_to(vaddr_t va)
{
	return sys_trace(TRACE_READ, 0, va);
}

static void check_start(void)
{
	static const uint32_t sizes[] = {3, 1023, TRACE_PAGES_MAX + 1, 2 * TRACE_PAGES_MAX, ~0u};

	CHECK_EQ(sys_trace(TRACE_ON, 1, 0), E_PERM); /* not before procmgr has heard of it */
	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK_EQ(process_trace(PM_TRACE_ON, sizes[i]), E_INVAL);
	}
	CHECK_EQ(process_trace(99, 0), E_INVAL);
	CHECK_EQ(process_trace(PM_TRACE_ON, 1), OK);
	CHECK_EQ(sys_trace(TRACE_ON, 0, 0), E_INVAL);
	CHECK_EQ(sys_trace(TRACE_ON, 2, 0), E_BUSY);
	CHECK_EQ(sys_trace(TRACE_CLEAR, 0, 0), E_BUSY);
	CHECK_EQ(sys_trace(TRACE_ALLOW, 0, 0), E_PERM);
	CHECK_EQ(sys_trace(99, 0, 0), E_INVAL);
}

static void check_read(void)
{
	struct sysinfo info = {0};

	CHECK_EQ(sys_sysinfo(&info), OK);
	page[0] = page[PGSIZE] = 1;
	CHECK_EQ(sys_trace(TRACE_READ, info.ncpu, (vaddr_t)page), E_INVAL);
	CHECK_EQ(sys_trace(TRACE_READ, ~0u, (vaddr_t)page), E_INVAL);
	CHECK_EQ(read_to((vaddr_t)page + 32), E_INVAL);
	CHECK_EQ(read_to(ENVPAGE), E_INVAL);
	CHECK_EQ(read_to(UENVS), E_INVAL);
	CHECK_EQ(read_to(UVPT), E_INVAL);
	CHECK_EQ(read_to(KERNBASE), E_INVAL);
	CHECK_EQ(read_to(0xFFFFF000), E_INVAL);
	CHECK_EQ(read_to(0), E_FAULT);
	CHECK_EQ(read_to(UTEMP), E_FAULT);
	CHECK_EQ(read_to((vaddr_t)text), E_FAULT);
	CHECK(text[0] == 'r');
	for (uint32_t cpu = 0; cpu < info.ncpu; cpu++) {
		CHECK(sys_trace(TRACE_READ, cpu, (vaddr_t)page) >= 0);
	}
	CHECK(page[PGSIZE] == 1);
}

int main(void)
{
	pid_t child;
	struct process_end end = {0};

	check_start();
	check_read();
	child = fork();
	if (child == 0) {
		exit(sys_trace(TRACE_OFF, 0, 0) == E_PERM && read_to((vaddr_t)page) == E_PERM);
	}
	CHECK_EQ(wait(child, &end, 0), child);
	CHECK_EQ(end.status, 1);
	return 0;
}
