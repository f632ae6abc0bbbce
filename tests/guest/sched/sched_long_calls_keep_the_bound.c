/* Long calls and deaths make nobody wait longer than the bound: two processes fork with 1.4 GiB
 * each, all a process may have of the 3 GiB (a quarter of it with 4 CPUs), and their children end;
 * a third allocates runs of pages, a fourth copies them, as long as they can. A call is cut after
 * so many entries, and what a slice lasted too long is paid. */
/* icount: 4 */
/* mem: 3072 */
/* timeout: 240 */
#include "libsys/process.h"
#include "libsys/sched.h"
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/check.h"

enum {
	FORKERS = 2,
	FORKS = 1,
	RUN = 1024,
	RUNS = 1434 / 4,
	BIG = 0x20000000,
	OWN = 0x10000000,
};

static uint32_t ncpu;

/* 1.4 GiB, the same 1,024 frames again and again: what is mapped is what counts. */
static void map_much(void)
{
	/* Each CPU more makes all of it longer, as instructions are counted. */
	int runs = ncpu > 2 ? RUNS / 4 : RUNS;
	int done, i;

	for (done = 0; done < RUN; done += i) {
		i = sys_page_alloc(0, (vaddr_t)(BIG + done * PGSIZE) | PTE_W,
		                   (uint32_t)(RUN - done));
		CHECK(i > 0);
	}
	for (i = 1; i < runs; i++) {
		CHECK_EQ(page_map_all(0, BIG, 0, (vaddr_t)(BIG + i * PTSIZE) | PTE_W, RUN), OK);
	}
}

static void forks(void)
{
	struct process_end end;

	map_much();
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			exit(0);
		}
		CHECK(pid > 0);
		CHECK_EQ(wait(pid, &end, 0), pid);
	}
	exit(0);
}

static void allocates(void)
{
	for (;;) {
		CHECK(sys_page_alloc(0, OWN | PTE_W, RUN) > 0);
		CHECK(sys_page_unmap(0, OWN, RUN) > 0);
	}
}

static void copies(void)
{
	CHECK_EQ(page_alloc_all(0, OWN | PTE_W, RUN), OK);
	for (;;) {
		CHECK(sys_page_fill(0, (OWN + PTSIZE) | PTE_W, 0, OWN, RUN) > 0);
	}
}

static void spins(void)
{
	for (;;) {}
}

static pid_t start(void (*what)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		what();
	}
	CHECK(pid > 0);
	return pid;
}

int main(void)
{
	pid_t forker[FORKERS];
	struct process_end end;
	struct sched_cpu_info cpu;
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	ncpu = info.ncpu;
	(void)start(spins);
	(void)start(allocates);
	(void)start(copies);
	for (int i = 0; i < FORKERS; i++) {
		forker[i] = start(forks);
	}
	for (int i = 0; i < FORKERS; i++) {
		CHECK_EQ(wait(forker[i], &end, 0), forker[i]);
		CHECK(end.how == PM_END_EXIT && end.status == 0);
	}
	for (uint32_t i = 0; sched_query_cpu(i, &cpu) == OK; i++) {
		printf("CPU %u: longest wait %u us, %u ticks\n", i, cpu.longest_us, cpu.ticks);
		CHECK_EQ(cpu.breaches, 0);
	}
	return 0; /* the machine ends, and with it all of them */
}
