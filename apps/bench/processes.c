/* B4 and B5: fork, exit and wait of a process that has nothing but itself, or some pages more. The child
 * ends at once; what a fork costs later, when pages are written, is B6. */
#include "apps/bench/bench.h"
#include "libsys/stdlib.h"
#include "libsys/syscall.h"

enum { GOOD_END = 42, WORDS = PGSIZE / 4 };

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

static uint32_t word_of(uint32_t page, uint32_t round)
{
	return page * 2654435761u + round;
}

/* Gives every page contents of its own: so each is private and written to before a fork. */
static void dirty(volatile uint32_t *area, uint32_t npages, uint32_t round)
{
	for (uint32_t page = 0; page < npages; page++) {
		area[page * WORDS + page % WORDS] = word_of(page, round);
	}
}

static void check(volatile uint32_t *area, uint32_t npages, uint32_t round)
{
	for (uint32_t page = 0; page < npages; page++) {
		expect(area[page * WORDS + page % WORDS] == word_of(page, round), "own pages");
	}
}

static void measure_fork(const char *id, uint32_t npages)
{
	char *area = sbrk((intptr_t)(npages * PGSIZE));
	struct process_end end;
	volatile uint32_t *words = (volatile uint32_t *)(((vaddr_t)area + PGSIZE - 1) & -PGSIZE);

	expect(area != (void *)-1, "memory");
	fork_and_wait(&end);
	for (uint32_t round = 0; round < bench_options.rounds; round++) {
		uint64_t start, stop;

		dirty(words, npages, round);
		start = mark_start();
		fork_and_wait(&end);
		stop = mark_stop();
		expect(end.pid > 0 && end.how == PM_END_EXIT && end.status == GOOD_END,
		       "the child's end");
		check(words, npages, round);
		report(id, npages, 1, stop - start);
	}
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
