/* Work that independent processes do side by side: what several CPUs make of it.
 *
 * A part runs as many loops as it is told, each in a process of its own, and measures from the word
 * to go until the last has done its share. The share is fixed, so on as many CPUs as loops it
 * takes, at best, as long as one loop alone. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/stdlib.h"
#include "libsys/syscall.h"

enum { CALLS = 5000, FORKS = 400, COW_FORKS = 40, COW_PAGES = 64, PER_MILLE = 1000 };

typedef void work_fn(void);

/* ---- the loops ---- */

static void echo(envid_t parent)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	do {
		must(ipc_reply_recv(client, &msg, 0), "reply and receive");
		client = msg.from;
		msg.w[0]++;
		msg.nwords = 1;
	} while (msg.w[0] != CALLS);
	must(ipc_reply(parent, &msg), "last reply");
}

static void work_messages(void)
{
	struct partner partner = partner_start(echo);
	struct ipc_msg msg = {.nwords = 1};

	while (msg.w[0] != CALLS) {
		must(ipc_call(partner.env, &msg, 0), "call");
	}
	partner_join(partner);
}

static void fork_once(volatile uint8_t *area, uint32_t npages)
{
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0) {
		for (uint32_t page = 0; page < npages; page++) {
			area[page * PGSIZE]++;
		}
		exit(0);
	}
	partner_join((struct partner){.pid = pid});
	for (uint32_t page = 0; page < npages; page++) {
		expect(area[page * PGSIZE] == (uint8_t)page, "the parent's pages");
	}
}

static void work_forks(void)
{
	for (uint32_t i = 0; i < FORKS; i++) {
		fork_once(NULL, 0);
	}
}

static void work_cow(void)
{
	volatile uint8_t *area = sbrk(COW_PAGES * PGSIZE);

	expect(area != (void *)-1, "memory");
	for (uint32_t page = 0; page < COW_PAGES; page++) {
		area[page * PGSIZE] = (uint8_t)page;
	}
	for (uint32_t i = 0; i < COW_FORKS; i++) {
		fork_once(area, COW_PAGES);
	}
}

/* ---- side by side ---- */

static work_fn *loop_work;

static void loop(envid_t parent)
{
	struct ipc_msg msg = {.nwords = 0};

	must(ipc_recv(parent, &msg, 0), "the word to go");
	loop_work();
	must(ipc_send(parent, &msg, 0), "done");
}

static uint32_t lock_wait(void)
{
	struct sysinfo info;

	must(sys_sysinfo(&info), "sysinfo");
	return info.lock_wait;
}

/* Per mille of the CPUs' time that they waited for the kernel lock since `before`. */
static uint32_t lock_share(uint32_t before, uint64_t counts)
{
	struct sysinfo info;

	must(sys_sysinfo(&info), "sysinfo");
	return (uint32_t)((uint64_t)(info.lock_wait - before) * PER_MILLE /
	                  (counts / 1024 * info.ncpu));
}

static void scale(const char *id, work_fn *work, uint32_t ops, uint32_t loops)
{
	struct partner partners[BENCH_LOOPS_MAX];
	struct ipc_msg msg = {.nwords = 0};
	uint32_t before;
	uint64_t start, counts;

	loop_work = work;
	for (uint32_t i = 0; i < loops; i++) {
		partners[i] = partner_start(loop);
	}
	before = lock_wait();
	start = mark_start();
	for (uint32_t i = 0; i < loops; i++) {
		must(ipc_send(partners[i].env, &msg, 0), "the word to go");
	}
	for (uint32_t i = 0; i < loops; i++) {
		must(ipc_recv(partners[i].env, &msg, 0), "done");
	}
	counts = mark_stop() - start;
	note(id, lock_share(before, counts));
	for (uint32_t i = 0; i < loops; i++) {
		partner_join(partners[i]);
	}
	report(id, loops, ops * loops, counts);
}

void scale_messages(void)
{
	scale("pairs", work_messages, CALLS, bench_options.loops);
}

void scale_forks(void)
{
	scale("forks", work_forks, FORKS, bench_options.loops);
}

void scale_cow(void)
{
	scale("cow", work_cow, COW_FORKS * COW_PAGES, bench_options.loops);
}
