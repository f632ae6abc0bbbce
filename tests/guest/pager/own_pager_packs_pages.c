/* Under zippager a program with many more pages than it may keep in memory finds in each what it
 * wrote, and so do forks of it that start while most are packed; and all the memory comes back. */
#include "libsys/stdlib.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 160, CHILDREN = 3, PASSES = 2, RESIDENT = 12 };

static volatile uint32_t *heap;

/* Page i's word j after `changes` changes: pages that pack well, badly, and not at all. */
static uint32_t word(uint32_t i, uint32_t j, uint32_t changes)
{
	switch (i % 4) {
	case 0: return changes;
	case 1: return i + changes;
	case 2: return j / 5 + changes;
	default: return (i * WORDS + j + changes) * 2654435761u;
	}
}

static void write_page(uint32_t i, uint32_t changes)
{
	for (uint32_t j = 0; j < WORDS; j++) {
		heap[i * WORDS + j] = word(i, j, changes);
	}
}

static void check_all(uint32_t changes)
{
	for (uint32_t n = 0; n < PAGES; n++) {
		uint32_t i = n * 61 % PAGES;

		for (uint32_t j = 0; j < WORDS; j += 3) {
			CHECK_EQ(heap[i * WORDS + j], word(i, j, changes));
		}
	}
}

static void write_all(uint32_t changes)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		write_page(i, changes);
	}
}

static void play_child(void)
{
	check_all(PASSES);
	write_all(100);
	check_all(100);
}

static int play_client(void)
{
	pid_t children[CHILDREN];

	heap = sbrk(PAGES * PGSIZE);
	for (uint32_t pass = 1; pass <= PASSES; pass++) {
		write_all(pass);
		check_all(pass);
	}

	uint32_t there = 0;

	for (uint32_t i = 0; i < PAGES; i++) {
		there += uvpt[((vaddr_t)heap >> PGSHIFT) + i] & PTE_P;
	}
	CHECK(there <= RESIDENT);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = start_child(play_child);
	}
	check_all(PASSES);
	write_all(50);
	for (int i = 0; i < CHILDREN; i++) {
		check_ended(children[i], 0);
	}
	check_all(50);
	return 0;
}

static void run_client(enum fault_path path)
{
	const char *const words[] = {"zippager", "12"};
	pid_t pager = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);

	CHECK(pager > 0);
	check_ended(start_paged(pager, path, "own_pager_packs_pages", "client"), 0);
	check_ended(pager, 0);
}

int main(int argc, char *argv[])
{
	(void)argv;
	if (argc > 1) {
		return play_client();
	}
	run_client(FAULT_PATH_PAGER);

	uint32_t before = free_frames();

	for (int i = 0; i < PAGED_PATHS; i++) {
		run_client(paged_paths[i]);
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
