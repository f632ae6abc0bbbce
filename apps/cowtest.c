/* Checks copy on write from a program's view: after a fork each side sees its own writes and
 * nothing else, in bss, heap and stack; frames are shared and counted as they should be; who is
 * the last to have a page gets it back without a copy. Prints the checks that fail and a last
 * line.
 *
 * A twin is a child that waits, before it does its part, until the parent says so; so the parent
 * can look at pages while both have them. */
#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/stdlib.h"
#include "libsys/time.h"

enum {
	REGION_PAGES = 128,
	STACK_PAGES = 64,
	WORDS = PGSIZE / 4,
	CHAIN_DEPTH = 4,
	SETTLE_MS = 2000,
};

struct region {
	const char *name;
	volatile uint32_t *base;
	uint32_t npages;
};

struct twin {
	pid_t pid;
	envid_t env;
};

static uint32_t bss[REGION_PAGES][WORDS] __attribute__((aligned(4096)));
static int checks, failures;

#define CHECK(condition) check(condition, __LINE__, #condition)

static void check(bool good, int line, const char *what)
{
	checks++;
	if (!good) {
		failures++;
		printf("cowtest[%d]: line %d: not so: %s\n", getpid(), line, what);
	}
}

/* ---- twins ---- */

static int wait_status(pid_t pid)
{
	struct process_end end;

	return wait(pid, &end, 0) == pid ? end.status : -1;
}

/* Forks a child that waits for twin_end and then ends with the number of checks that failed in
 * body(), at most 1. */
static struct twin twin_start(void (*body)(void))
{
	envid_t parent = sys_self();
	struct ipc_msg msg = {.nwords = 0};
	pid_t pid = fork();

	if (pid < 0) {
		printf("cowtest: fork: %s\n", STATUS(pid));
		exit(1);
	}
	if (pid > 0) {
		while (ipc_recv(0, &msg, 0) < 0 || msg.from == 0) {}
		return (struct twin){pid, msg.from};
	}
	failures = 0;
	CHECK(ipc_send(parent, &msg, 0) >= 0);
	CHECK(ipc_recv(parent, &msg, 0) >= 0);
	body();
	exit(failures != 0);
}

/* Lets the twin do its part and waits for its end. */
static void twin_end(struct twin twin)
{
	struct ipc_msg msg = {.nwords = 0};

	CHECK(ipc_send(twin.env, &msg, 0) >= 0);
	CHECK(wait_status(twin.pid) == 0);
}

static void do_nothing(void)
{
}

/* ---- contents: every side sees its own writes ---- */

static struct region regions[3];

static void fill_all(uint32_t tag)
{
	for (int r = 0; r < 3; r++) {
		for (uint32_t page = 0; page < regions[r].npages; page++) {
			regions[r].base[page * WORDS] = tag + page;
			regions[r].base[page * WORDS + WORDS - 1] = tag - page;
		}
	}
}

static void check_all(uint32_t tag)
{
	for (int r = 0; r < 3; r++) {
		uint32_t wrong = 0;

		for (uint32_t page = 0; page < regions[r].npages; page++) {
			wrong += regions[r].base[page * WORDS] != tag + page;
			wrong += regions[r].base[page * WORDS + WORDS - 1] != tag - page;
		}
		if (wrong != 0) {
			printf("cowtest[%d]: %s: %u words are not of %x\n", getpid(),
			       regions[r].name, wrong, tag);
		}
		CHECK(wrong == 0);
	}
}

static void write_own_values(void)
{
	check_all(0x10000);
	fill_all(0x20000);
	check_all(0x20000);
}

static void test_writes_are_private(void)
{
	struct twin twin;

	fill_all(0x10000);
	twin = twin_start(write_own_values);
	fill_all(0x30000);
	twin_end(twin);
	check_all(0x30000);
}

/* Both sides write the same pages at the same time. */
static void test_writes_race(void)
{
	pid_t child;

	fill_all(0x10000);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		failures = 0;
		write_own_values();
		exit(failures != 0);
	}
	fill_all(0x30000);
	check_all(0x30000);
	CHECK(wait_status(child) == 0);
	check_all(0x30000);
}

/* Each process of the chain sees what the one before it wrote, and keeps what it wrote itself. */
static void run_chain(uint32_t level)
{
	pid_t child;

	check_all(0x10000 * level);
	fill_all(0x10000 * (level + 1));
	if (level < CHAIN_DEPTH) {
		child = fork();
		CHECK(child >= 0);
		if (child == 0) {
			failures = 0;
			run_chain(level + 1);
			exit(failures != 0);
		}
		CHECK(wait_status(child) == 0);
	}
	check_all(0x10000 * (level + 1));
}

static void test_chained_forks(void)
{
	fill_all(0x10000);
	run_chain(1);
}

/* ---- counting ---- */

static volatile uint32_t *const page = bss[0];

static pte_t page_entry(uint32_t *mappings)
{
	pte_t entry = 0;

	*mappings = 0;
	CHECK(sys_page_query(0, (vaddr_t)page, &entry, mappings) >= 0);
	return entry;
}

static pte_t rights(pte_t entry)
{
	return entry & (PTE_P | PTE_W | PTE_COW);
}

/* A dead process keeps its frames until its space is torn down. */
static uint32_t settled_mappings(uint32_t wanted)
{
	uint32_t mappings;

	page_entry(&mappings);
	for (int ms = 0; mappings != wanted && ms < SETTLE_MS; ms++) {
		sleep_ms(1);
		page_entry(&mappings);
	}
	return mappings;
}

/* The page is shared with nobody but still marked: a write takes it back as it is. */
static void check_last_sharer_keeps_frame(void)
{
	uint32_t mappings;
	pte_t before = page_entry(&mappings), after;

	CHECK(mappings == 1);
	CHECK(rights(before) == (PTE_P | PTE_COW));
	page[1] = 77;
	after = page_entry(&mappings);
	CHECK(mappings == 1);
	CHECK(rights(after) == (PTE_P | PTE_W));
	CHECK(PTE_ADDR(after) == PTE_ADDR(before));
	CHECK(page[0] == 1 && page[1] == 77);
}

static void test_first_writer_gets_a_copy(void)
{
	uint32_t mappings;
	pte_t before, shared, after;
	struct twin twin;

	page[0] = 1;
	page[1] = 2;
	before = page_entry(&mappings);
	CHECK(mappings == 1);
	CHECK(rights(before) == (PTE_P | PTE_W));

	twin = twin_start(check_last_sharer_keeps_frame);
	shared = page_entry(&mappings);
	CHECK(mappings == 2);
	CHECK(rights(shared) == (PTE_P | PTE_COW));
	CHECK(PTE_ADDR(shared) == PTE_ADDR(before));

	page[0] = 3;
	after = page_entry(&mappings);
	CHECK(mappings == 1);
	CHECK(rights(after) == (PTE_P | PTE_W));
	CHECK(PTE_ADDR(after) != PTE_ADDR(before));
	twin_end(twin);
	CHECK(page[0] == 3 && page[1] == 2);
}

static void test_parent_can_be_last_sharer(void)
{
	page[0] = 1;
	twin_end(twin_start(do_nothing));
	CHECK(settled_mappings(1) == 1);
	check_last_sharer_keeps_frame();
}

static void test_count_follows_forks_and_ends(void)
{
	uint32_t mappings;
	struct twin first, second;

	page[0] = 1;
	first = twin_start(do_nothing);
	second = twin_start(do_nothing);
	page_entry(&mappings);
	CHECK(mappings == 3);
	twin_end(first);
	CHECK(settled_mappings(2) == 2);
	twin_end(second);
	CHECK(settled_mappings(1) == 1);
}

/* ---- pages that are not private memory in use ---- */

static volatile uint32_t *untouched;

static void write_untouched(void)
{
	for (uint32_t i = 0; i < REGION_PAGES; i++) {
		CHECK(untouched[i * WORDS] == 0);
		untouched[i * WORDS] = i;
	}
}

static void test_untouched_heap_reads_zero_on_both_sides(void)
{
	struct twin twin;

	untouched = sbrk(REGION_PAGES * PGSIZE);
	CHECK(untouched != (void *)-1);
	twin = twin_start(write_untouched);
	write_untouched();
	twin_end(twin);
}

static void write_shared(void)
{
	CHECK(page[0] == 1);
	page[0] = 99;
}

static void test_share_bit_keeps_a_page_shared(void)
{
	page[0] = 1;
	CHECK(sys_page_mark(0, (vaddr_t)page, PTE_W | PTE_SHARE, 1) >= 0);
	twin_end(twin_start(write_shared));
	CHECK(page[0] == 99);
	CHECK(sys_page_mark(0, (vaddr_t)page, 0, 1) >= 0);
	CHECK(settled_mappings(1) == 1);
	CHECK(sys_page_mark(0, (vaddr_t)page, PTE_W, 1) >= 0);
}

int main(void)
{
	uint32_t stack[STACK_PAGES * WORDS];
	void *heap = malloc(REGION_PAGES * PGSIZE);

	CHECK(heap != NULL);
	regions[0] = (struct region){"bss", bss[0], REGION_PAGES};
	regions[1] = (struct region){"heap", heap, REGION_PAGES};
	regions[2] = (struct region){"stack", stack, STACK_PAGES};
	test_writes_are_private();
	test_writes_race();
	test_chained_forks();
	test_first_writer_gets_a_copy();
	test_parent_can_be_last_sharer();
	test_count_follows_forks_and_ends();
	test_untouched_heap_reads_zero_on_both_sides();
	test_share_bit_keeps_a_page_shared();
	free(heap);
	if (failures != 0) {
		printf("cowtest: %d of %d checks failed\n", failures, checks);
		return 1;
	}
	printf("cowtest: all %d checks passed\n", checks);
	return 0;
}
