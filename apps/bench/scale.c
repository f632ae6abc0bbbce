/* Work that independent processes do side by side: what several CPUs make of it.
 *
 * A part runs as many loops as it is told, each in a process of its own, and measures from the word
 * to go until the last has done its share. The share is fixed, so on as many CPUs as loops it
 * takes, at best, as long as one loop alone. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/stdio.h"
#include "libsys/stdlib.h"
#include "libsys/syscall.h"

enum {
	CALLS = 5000,
	FORKS = 400,
	COW_FORKS = 40,
	COW_PAGES = 64,
	PAGES = 2000,
	CALLS_BESIDE_FORKS = 20000, /* take about as long */
	PER_MILLE = 1000,
};

typedef void work_fn(void);

/* ---- the loops ---- */

static uint32_t calls = CALLS;

static void echo(envid_t parent)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	do {
		must(ipc_reply_recv(client, &msg, 0), "reply and receive");
		client = msg.from;
		msg.w[0]++;
		msg.nwords = 1;
	} while (msg.w[0] != calls);
	must(ipc_reply(parent, &msg), "last reply");
}

static void work_messages(void)
{
	struct partner partner = partner_start(echo);
	struct ipc_msg msg = {.nwords = 1};

	while (msg.w[0] != calls) {
		must(ipc_call(partner.env, &msg, 0), "call");
	}
	partner_join(partner);
}

static void work_messages_beside_forks(void)
{
	calls = CALLS_BESIDE_FORKS;
	work_messages();
}

/* A page that comes, is mapped at a second place, and goes at both. */
static void work_pages(void)
{
	vaddr_t first = (vaddr_t)sbrk(2 * PGSIZE), second = first + PGSIZE;

	expect(first != (vaddr_t)-1, "memory");
	for (uint32_t i = 0; i < PAGES; i++) {
		must(sys_page_alloc(0, first | PTE_W, 1), "page_alloc");
		must(sys_page_map(0, first, 0, second | PTE_W, 1), "page_map");
		must(sys_page_unmap(0, first, 1), "page_unmap");
		must(sys_page_unmap(0, second, 1), "page_unmap");
	}
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

/* What the kernel lock cost since `before`, per mille: of the CPUs' time, waits; of the operations,
 * how often it was taken. */
static void note_lock(const char *id, const struct sysinfo *before, uint64_t counts, uint32_t ops)
{
	struct sysinfo now;
	char takes[16];

	must(sys_sysinfo(&now), "sysinfo");
	note(id, (uint32_t)((uint64_t)(now.lock_wait - before->lock_wait) * PER_MILLE /
	                    (counts / 1024 * now.ncpu)));
	(void)snprintf(takes, sizeof(takes), "%s_takes", id);
	note(takes, (uint32_t)((uint64_t)(now.lock_takes - before->lock_takes) * PER_MILLE / ops));
}

/* Loops of the works in turn; `ops`: operations of them all. */
static void scale(const char *id, work_fn *const works[2], uint32_t ops, uint32_t loops)
{
	struct partner partners[BENCH_LOOPS_MAX];
	struct ipc_msg msg = {.nwords = 0};
	struct sysinfo before;
	uint64_t start, counts;

	for (uint32_t i = 0; i < loops; i++) {
		loop_work = works[i % 2];
		partners[i] = partner_start(loop);
	}
	must(sys_sysinfo(&before), "sysinfo");
	start = mark_start();
	for (uint32_t i = 0; i < loops; i++) {
		must(ipc_send(partners[i].env, &msg, 0), "the word to go");
	}
	for (uint32_t i = 0; i < loops; i++) {
		must(ipc_recv(partners[i].env, &msg, 0), "done");
	}
	counts = mark_stop() - start;
	note_lock(id, &before, counts, ops);
	for (uint32_t i = 0; i < loops; i++) {
		partner_join(partners[i]);
	}
	report(id, loops, ops, counts);
}

/* So many loops of one kind. */
static void scale_one(const char *id, work_fn *work, uint32_t ops)
{
	work_fn *const works[2] = {work, work};

	scale(id, works, ops * bench_options.loops, bench_options.loops);
}

void scale_messages(void)
{
	scale_one("pairs", work_messages, CALLS);
}

void scale_pages(void)
{
	scale_one("pages", work_pages, PAGES);
}

void scale_forks(void)
{
	scale_one("forks", work_forks, FORKS);
}

void scale_cow(void)
{
	scale_one("cow", work_cow, COW_FORKS * COW_PAGES);
}

void scale_mixed(void)
{
	work_fn *const works[2] = {work_messages_beside_forks, work_forks};
	uint32_t loops = bench_options.loops, forkers = loops / 2;

	scale("mixed", works, (loops - forkers) * CALLS_BESIDE_FORKS + forkers * FORKS, loops);
}
