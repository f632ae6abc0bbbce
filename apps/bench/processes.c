/* B4 and B5: fork, exit and wait of a process that has nothing but itself, or some pages more. The
 * child ends at once; what a fork costs later, when pages are written, is B6. Then shapes of
 * both. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/stdlib.h"
#include "libsys/syscall.h"

enum { GOOD_END = 42 };

extern char end[]; /* of bss, from the linker */

static void fork_and_wait(struct process_end *end)
{
	pid_t pid = fork();

	if (pid == 0) {
		exit(GOOD_END);
	}
	end->pid = 0;
	(void)wait(pid, end, 0);
	if (end->pid != pid) {
		end->pid = 0;
	}
}

/* Whether a page of the program is there and a fork leaves it alone. On path `self` (who has no
 * pager is on it) the library writes down in the program's data whose child it is. */
static bool stays_in_fork(pte_t entry)
{
	return entry & PTE_P && (env_page->pager || !(entry & (PTE_W | PTE_COW)));
}

/* A number made of all that the program has in memory below its end. */
static uint32_t own_digest(void)
{
	uint32_t digest = 0;

	for (vaddr_t va = UTEXT; va < (vaddr_t)end; va += PGSIZE) {
		const volatile uint32_t *words = (volatile uint32_t *)va;

		for (uint32_t i = 0; i < PGSIZE / 4 && stays_in_fork(uvpt[va >> PGSHIFT]); i++) {
			digest = digest * 31 + words[i];
		}
	}
	return digest;
}

/* A child finds all of its memory as it is here, and leaves it so. */
static void check_child(vaddr_t area, uint32_t npages, uint32_t mark)
{
	uint32_t digest = own_digest();
	struct process_end end = {.pid = 0};
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0) {
		expect(own_digest() == digest, "the child's memory");
		expect(pages_right(area, npages, mark) == npages, "the child's pages");
		exit(GOOD_END);
	}
	must(wait(pid, &end, 0), "wait");
	expect(end.how == PM_END_EXIT && end.status == GOOD_END, "how a child ended");
	expect(own_digest() == digest, "own memory");
	expect(pages_right(area, npages, mark) == npages, "own pages");
}

static void measure_fork(const char *id, uint32_t npages)
{
	char *area = sbrk((intptr_t)(npages * PGSIZE));
	struct process_end end;
	vaddr_t pages = ((vaddr_t)area + PGSIZE - 1) & -PGSIZE;

	expect(area != (void *)-1, "memory");
	pages_fill(pages, npages);
	fork_and_wait(&end);
	for (uint32_t round = 0; round < bench_options.rounds; round++) {
		uint64_t start, stop;

		pages_mark(pages, npages, round); /* each is private again */
		start = mark_start();
		fork_and_wait(&end);
		stop = mark_stop();
		expect(end.pid > 0 && end.how == PM_END_EXIT && end.status == GOOD_END,
		       "the child's end");
		expect(pages_right(pages, npages, round) == npages, "own pages");
		report(id, npages, 1, stop - start);
	}
	check_child(pages, npages, bench_options.rounds - 1);
	(void)sbrk(-(intptr_t)(npages * PGSIZE));
}

/* What a child of B4 faults in, beside what it shares. */
static void describe_child(void)
{
	volatile uint32_t *shared = shared_start();
	uint32_t before = env_page->faults;
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0) {
		shared[0] = env_page->faults;
		exit(GOOD_END);
	}
	must(wait(pid, NULL, 0), "wait");
	note("B4_faults_child", shared[0]);
	note("B4_faults_parent", env_page->faults - before);
	shared_end();
	note("B4_pages_mapped", pages_mapped());
}

void bench_fork(void)
{
	describe_child();
	measure_fork("B4", 0);
}

void bench_big_fork(void)
{
	static const uint32_t sizes[] = {16, 64, 256, 1024};

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (!bench_options.brief || sizes[i] >= 256) {
			measure_fork("B5", sizes[i]);
		}
	}
}

/* B4 in a process that had many pages and gave them back. */
void bench_fork_after(void)
{
	enum { PAGES = 1024 };
	char *area = sbrk(PAGES * PGSIZE);

	expect(area != (void *)-1, "memory");
	for (uint32_t page = 0; page < PAGES; page++) {
		area[page * PGSIZE] = 1;
	}
	expect(sbrk(-PAGES * (intptr_t)PGSIZE) != (void *)-1, "memory given back");
	measure_fork("after", 0);
}

/* ---- shapes ---- */

enum { MANY = 1024 };

/* Forks with `npages` pages of heap as they are: forked before, and not touched since. */
static void measure_as_it_is(const char *id, uint32_t npages)
{
	struct process_end end;

	fork_and_wait(&end);
	for (uint32_t round = 0; round < bench_options.rounds; round++) {
		uint64_t start = mark_start(), stop;

		fork_and_wait(&end);
		stop = mark_stop();
		expect(end.pid > 0 && end.how == PM_END_EXIT && end.status == GOOD_END,
		       "the child's end");
		report(id, npages, 1, stop - start);
	}
}

static uint32_t present(vaddr_t area, uint32_t npages)
{
	uint32_t count = 0;

	for (uint32_t page = 0; page < npages; page++) {
		count += (uvpt[(area >> PGSHIFT) + page] & PTE_P) != 0;
	}
	return count;
}

/* The same MANY pages of heap: reserved only, then filled and shared by a fork that is over. */
void shape_forks(void)
{
	char *area = sbrk((MANY + 1) * PGSIZE);
	vaddr_t pages = ((vaddr_t)area + PGSIZE - 1) & -PGSIZE;

	expect(area != (void *)-1, "memory");
	measure_as_it_is("fork_reserved", MANY);
	expect(present(pages, MANY) == 0, "reserved pages");
	pages_fill(pages, MANY);
	measure_as_it_is("fork_again", MANY);
	check_child(pages, MANY, 0);
	(void)sbrk(-(MANY + 1) * (intptr_t)PGSIZE);
}

/* A message from whoever sends one: a receive from the child alone would be known to its death, as
 * a call is. */
static envid_t take_message(void)
{
	struct ipc_msg msg = {.from = 0};

	while (msg.from == 0) {
		must(ipc_recv(0, &msg, 0), "message");
	}
	return msg.from;
}

/* From a child's exit to the end of its parent's wait. The last that both did before is a message
 * of the child's; before that, the child was called and answered, if `called`. */
static void measure_exit(const char *id, bool called)
{
	volatile uint64_t *start = (volatile uint64_t *)shared_start();
	envid_t parent = sys_self(), child;
	struct ipc_msg msg = {.nwords = 1};
	struct process_end end = {.pid = 0};
	uint64_t stop;
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0) {
		must(ipc_send(parent, &msg, 0), "hello");
		if (called) {
			must(ipc_recv(parent, &msg, 0), "a call");
			must(ipc_reply(parent, &msg), "answer");
		}
		must(ipc_send(parent, &msg, 0), "last message");
		*start = mark_start();
		exit(GOOD_END);
	}
	child = take_message();
	if (called) {
		must(ipc_call(child, &msg, 0), "call");
	}
	expect(take_message() == child, "who sent the last message");
	must(wait(pid, &end, 0), "wait");
	stop = mark_stop();
	expect(end.how == PM_END_EXIT && end.status == GOOD_END, "how a child ended");
	report(id, 0, 1, stop - *start);
	shared_end();
}

void shape_exits(void)
{
	measure_exit("exit_plain", false);
	measure_exit("exit_called", true);
}
