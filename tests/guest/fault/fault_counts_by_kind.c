/* The public record counts an env's page faults, by what was done about them; a forked child
 * starts at 0. Prints, for tests of the trace, how many faults each env had when it said so. */
#include "tests/guest/check.h"

#include "libsys/syscall.h"

enum { WRITES = 40, READS = 20, SHARED = 16, KEPT = 4, DEEP = 8, TEXTS = 2, DATA = 3 };

/* Pages that are zeros once touched, on all paths. */
static volatile char *const written = (volatile char *)0x20000000;
static volatile char *const looked_at = (volatile char *)0x20000000 + WRITES * PGSIZE;

#define AROUND (8 * PGSIZE) /* more does not come with one fault */
static const char texts[(TEXTS + 1) * AROUND] __attribute__((aligned(PGSIZE))) = {1};
static volatile char data[(DATA + 1) * PGSIZE] __attribute__((aligned(PGSIZE))) = {1};

/* The handler may read the record while the kernel counts: words one by one. */
static struct fault_counts counts(void)
{
	const volatile struct fault_counts *own = &env_infos[ENV_SLOT(env_page->id)].faults;

	return (struct fault_counts){
		.all = own->all,
		.done = {own->done[0], own->done[1], own->done[2], own->done[3]},
		.kept = own->kept,
	};
}

/* Nothing else happened. */
static void check_more(const struct fault_counts *before, struct fault_counts more)
{
	struct fault_counts after = counts();

	uint32_t sum = 0;

	for (uint32_t i = 0; i < 4; i++) {
		CHECK_EQ(after.done[i] - before->done[i], more.done[i]);
		sum += more.done[i];
	}
	CHECK_EQ(after.kept - before->kept, more.kept);
	CHECK_EQ(after.all - before->all, sum);
}

static void say_total(void)
{
	struct fault_counts now;

	now = counts();
	printf("so far: %x %u\n", 0, now.all); /* what printing needs is there from now on */
	stdout_flush();
	now = counts();
	printf("env %x %u\n", (unsigned)env_page->id, now.all);
}

static void write_to(uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++) {
		written[i * PGSIZE] = 1;
	}
}

static void grow_stack(void)
{
	volatile char deep[(DEEP + 2) * PGSIZE];
	vaddr_t top = ((vaddr_t)deep + sizeof(deep) - PGSIZE) & -PGSIZE;

	*(volatile char *)top = 1;
	struct fault_counts before = counts();

	for (uint32_t i = 1; i <= DEEP; i++) {
		*(volatile char *)(top - i * PGSIZE) = 1;
	}
	check_more(&before, (struct fault_counts){.done[FAULT_GROW] = DEEP});
}

/* Where programs come on demand; data is copied when it is written, and when it was only read
 * before. */
static void load_program(void)
{
	struct fault_counts before = counts();

	for (uint32_t i = 1; i <= TEXTS; i++) {
		(void)*(const volatile char *)&texts[i * AROUND];
	}
	check_more(&before, (struct fault_counts){.done[FAULT_LOAD] = TEXTS});
	before = counts();
	for (uint32_t i = 1; i <= DATA; i++) {
		data[i * PGSIZE] = 1;
	}
	check_more(&before, (struct fault_counts){.done[FAULT_LOAD] = DATA});
}

static void child(void)
{
	struct fault_counts before = counts();

	CHECK(before.all < WRITES && before.done[FAULT_COPY] < SHARED); /* not the parent's */
	write_to(SHARED);
	check_more(&before, (struct fault_counts){.done[FAULT_COPY] = SHARED});
	say_total();
}

int main(void)
{
	struct process_end end = {0};
	struct fault_counts before;
	uint32_t sum = 0;
	pid_t pid;

	CHECK_EQ(page_mark_all(0, (vaddr_t)written, PTE_ZERO_FILL, WRITES + READS), OK);
	before = counts();
	check_more(&before, (struct fault_counts){0}); /* brings in what checking needs */
	before = counts();
	write_to(WRITES);
	for (uint32_t i = 0; i < READS; i++) {
		sum += looked_at[i * PGSIZE];
	}
	CHECK_EQ(sum, 0);
	check_more(&before, (struct fault_counts){.done[FAULT_ZERO] = WRITES + READS});
	grow_stack();
	if (env_page->pager != 0) {
		load_program();
	}

	pid = fork();
	if (pid == 0) {
		child();
		exit(0);
	}
	CHECK_EQ(wait(pid, &end, 0), pid);
	CHECK_EQ(end.status, 0);

	before = counts();
	write_to(KEPT); /* the child's copies are its own: nobody shares these any more */
	check_more(&before, (struct fault_counts){.done[FAULT_COPY] = KEPT, .kept = KEPT});
	say_total();
	return 0;
}
