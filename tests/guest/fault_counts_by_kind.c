/* The public record counts an env's page faults by kind, with what became of them; a forked child
 * starts at 0. Prints, for tests of the trace, how many faults each env had when it said so. */
#include "tests/guest/check.h"

#include "libsys/syscall.h"

enum { WRITES = 40, READS = 20, SHARED = 16, KEPT = 4 };

/* Pages that are zeros once touched, on all paths. */
static volatile char *const written = (volatile char *)0x20000000;
static volatile char *const looked_at = (volatile char *)0x20000000 + WRITES * PGSIZE;

/* The handler may read the record while the kernel counts: words one by one. */
static struct fault_counts counts(void)
{
	const volatile struct fault_counts *own = &env_infos[ENV_SLOT(env_page->id)].faults;
	struct fault_counts copy = {.copies = own->copies, .kept = own->kept};

	for (uint32_t i = 0; i < 4; i++) {
		copy.kind[i] = own->kind[i];
	}
	return copy;
}

static void say_total(void)
{
	struct fault_counts now;

	printf("so far:\n"); /* what printing needs is there from now on */
	now = counts();
	printf("env %x %u\n", (unsigned)env_page->id,
	       now.kind[0] + now.kind[1] + now.kind[2] + now.kind[3]);
}

static void write_to(uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++) {
		written[i * PGSIZE] = 1;
	}
}

static void child(void)
{
	struct fault_counts before, after;

	before = counts();
	CHECK(before.kind[0] < WRITES && before.kind[FEC_WR] < WRITES); /* not the parent's */
	CHECK(before.copies < SHARED);
	write_to(SHARED);
	after = counts();
	CHECK_EQ(after.kind[FEC_PR | FEC_WR] - before.kind[FEC_PR | FEC_WR], SHARED);
	CHECK_EQ(after.copies - before.copies, SHARED);
	CHECK_EQ(after.kept, before.kept);
	say_total();
}

int main(void)
{
	struct fault_counts before, after;
	struct process_end end = {0};
	uint32_t sum = 0;
	pid_t pid;

	CHECK_EQ(page_mark_all(0, (vaddr_t)written, PTE_ZERO_FILL, WRITES + READS), OK);
	before = counts();
	write_to(WRITES);
	after = counts();
	CHECK_EQ(after.kind[FEC_WR] - before.kind[FEC_WR], WRITES);
	CHECK_EQ(after.kind[0], before.kind[0]);

	for (uint32_t i = 0; i < READS; i++) {
		sum += looked_at[i * PGSIZE];
	}
	CHECK_EQ(sum, 0);
	before = counts();
	CHECK_EQ(before.kind[0] - after.kind[0], READS);
	CHECK_EQ(before.copies, after.copies);

	pid = fork();
	if (pid == 0) {
		child();
		exit(0);
	}
	CHECK_EQ(wait(pid, &end, 0), pid);
	CHECK_EQ(end.status, 0);

	before = counts();
	write_to(KEPT); /* the child's copies are its own: nobody shares these any more */
	after = counts();
	CHECK_EQ(after.kept - before.kept, KEPT);
	CHECK_EQ(after.copies, before.copies);
	say_total();
	return 0;
}
