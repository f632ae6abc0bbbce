/* boot: killservers
 * timeout: 120
 * The pager is killed 100 times, at moments drawn from a fixed seed, while processes fork, break
 * copy-on-write, grow their stacks and heaps, spawn and exec, and check all that they read. Every
 * one of them ends with the right answer, and the free frames, envs and processes at the end are
 * those of the start. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum {
	KILLS = 100,
	PAUSE_US = 4000, /* at most, between two kills */
	COW_PAGES = 12,
	HEAP_PAGES = 8,
	DEPTH = 24, /* pages of stack */
	ANSWER = 42,
};

/* One page that all processes share: 1 when the work is to end, and rounds per kind of work. */
#define SHARED AREA
enum { STOP, ROUNDS };

static uint32_t data[COW_PAGES * WORDS] = {1};
static uint32_t blank[COW_PAGES * WORDS];

/* The process ends with the answer. */
static void expect_answer(pid_t pid)
{
	struct process_end end = end_of(pid);

	if (end.how != PM_END_EXIT || end.status != ANSWER) {
		printf("process %d ended with %d: %s\n", pid, end.status, end.why);
		exit(1);
	}
}

static bool stopped(void)
{
	return words_at(SHARED)[STOP] != 0;
}

static uint32_t value_at(uint32_t page, uint32_t by)
{
	return page * 2654435761u + by;
}

static void fill(uint32_t by)
{
	for (uint32_t page = 0; page < COW_PAGES; page++) {
		data[page * WORDS] = value_at(page, by);
	}
}

static void check_fill(uint32_t by)
{
	for (uint32_t page = 0; page < COW_PAGES; page++) {
		CHECK_EQ(data[page * WORDS], value_at(page, by));
	}
}

/* Copy-on-write, both sides writing at the same time. */
static void fork_and_write(uint32_t round)
{
	fill(round);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		check_fill(round);
		fill(round + 1);
		check_fill(round + 1);
		for (uint32_t page = 0; page < COW_PAGES; page++) {
			CHECK_EQ(blank[page * WORDS], 0);
			blank[page * WORDS] = round + 1;
		}
		exit(ANSWER);
	}
	fill(round + 2);
	expect_answer(child);
	check_fill(round + 2);
}

static uint32_t descend(uint32_t depth, uint32_t round)
{
	volatile uint32_t frame[WORDS];

	frame[0] = depth * round;
	frame[WORDS - 1] = depth + round;
	uint32_t below = depth == 0 ? 0 : descend(depth - 1, round);
	CHECK_EQ(frame[0], depth * round);
	CHECK_EQ(frame[WORDS - 1], depth + round);
	return below + 1;
}

/* Stack growth, in a child, whose stack is as short as ours each time. */
static void grow_stack(uint32_t round)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (child == 0) {
		exit(descend(DEPTH, round) == DEPTH + 1 ? ANSWER : 1);
	}
	expect_answer(child);
}

static void use_heap(uint32_t round)
{
	uint32_t *block = malloc(HEAP_PAGES * PGSIZE);

	CHECK(block != NULL);
	for (uint32_t i = 0; i < HEAP_PAGES * WORDS; i += WORDS / 2) {
		block[i] = i ^ round;
	}
	for (uint32_t i = 0; i < HEAP_PAGES * WORDS; i += WORDS / 2) {
		CHECK_EQ(block[i], i ^ round);
	}
	free(block);
}

static void spawn_and_exec(uint32_t round)
{
	static const char *const again[] = {"restart_under_load", "answer"};

	if (round % 2 == 0) {
		expect_answer(spawn(2, again));
		return;
	}
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		(void)exec(2, again);
		exit(1);
	}
	expect_answer(child);
}

typedef void work_fn(uint32_t round);

static work_fn *const works[] = {fork_and_write, grow_stack, use_heap, spawn_and_exec};

enum { WORKS = sizeof(works) / sizeof(works[0]) };

static void work(uint32_t which)
{
	uint32_t round = 0;

	for (; !stopped() || round == 0; round++) {
		works[which](round);
	}
	words_at(SHARED)[ROUNDS + which] = round;
	exit(ANSWER);
}

/* With so many kills. */
static void one_load(uint32_t kills)
{
	pid_t workers[WORKS];

	words_at(SHARED)[STOP] = 0;
	for (uint32_t i = 0; i < WORKS; i++) {
		workers[i] = fork();
		CHECK(workers[i] >= 0);
		if (workers[i] == 0) {
			work(i);
		}
	}
	for (uint32_t i = 0; i < kills; i++) {
		ipc_sleep_us((uint32_t)rand() % PAUSE_US);
		kill_server(PM_SERVER_PAGER);
	}
	words_at(SHARED)[STOP] = 1;
	for (uint32_t i = 0; i < WORKS; i++) {
		expect_answer(workers[i]);
	}
}

static void check_answer(void)
{
	for (uint32_t page = 0; page < COW_PAGES; page++) {
		CHECK_EQ(blank[page * WORDS], 0);
		blank[page * WORDS] = page;
	}
	CHECK_EQ(data[0], 1);
	exit(descend(4, 1) == 5 ? ANSWER : 1);
}

int main(int argc, char *argv[])
{
	struct sysinfo before, after;
	uint32_t processes;

	(void)argv;
	if (argc > 1) {
		check_answer();
	}
	CHECK_EQ(sys_page_alloc(0, SHARED | PTE_W | PTE_SHARE, 1), 1);
	srand(1);
	one_load(2);
	processes = count_processes();
	before = settled_info();
	one_load(KILLS);
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.frames_shared, before.frames_shared);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(count_processes(), processes);
	printf("rounds:");
	for (uint32_t i = 0; i < WORKS; i++) {
		printf(" %u", words_at(SHARED)[ROUNDS + i]);
	}
	printf("\n");
	return 0;
}
