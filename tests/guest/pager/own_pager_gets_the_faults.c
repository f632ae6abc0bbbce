/* A process that names itself as the pager of a new one gets that one's faults and those of its
 * forks, with the true entries, and what it maps is what they see. It hears when the last one is
 * gone. */
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 6, WORD = 0x50505050 };

static volatile uint32_t untouched[PAGES][WORDS] __attribute__((aligned(PGSIZE)));

static int play_client(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(untouched[i][0], WORD + i);
	}
	CHECK_EQ(fork() == 0 ? 1 : wait(0, NULL, 0) > 0, 1);
	untouched[1][1] = (uint32_t)env_page->id;
	CHECK_EQ(untouched[1][1], (uint32_t)env_page->id);
	return 0;
}

static int copy_page(const struct pager_fault *fault)
{
	pte_t soft = fault->entry & PTE_SOFT & ~PTE_COW;

	env_page->expect = fault->entry;
	return pager_result(sys_page_fill(fault->client, fault->va | soft | PTE_W | PAGE_COND,
	                                  fault->client, fault->va, 1));
}

/* Zero pages, but those of `untouched` have a word in them. */
static int fresh_page(const struct pager_fault *fault)
{
	uint32_t place = (fault->va - (vaddr_t)untouched) / PGSIZE;

	env_page->expect = fault->entry;
	if (place >= PAGES) {
		return pager_result(
			sys_page_alloc(fault->client, fault->va | PTE_W | PAGE_COND, 1));
	}
	CHECK_EQ(fault->entry, PTE_ZERO_FILL);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	words_at(AREA)[0] = WORD + place;
	return pager_result(sys_page_map(0, AREA, fault->client, fault->va | PTE_W | PAGE_COND, 1));
}

static void page_client(enum fault_path path)
{
	struct pager_fault fault;
	uint32_t fresh = 0, copies = 0;
	int answer = OK;
	pid_t client = start_paged(getpid(), path, "own_pager_gets_the_faults", "client");

	CHECK_EQ(info_of(client).pager, getpid());
	while (pager_next(&fault, answer)) {
		bool present = (fault.entry & PTE_P) != 0;

		CHECK_EQ(fault.asked_by_kernel, path == FAULT_PATH_IPC);
		copies += present;
		fresh += !present;
		answer = present ? copy_page(&fault) : fresh_page(&fault);
	}
	CHECK(fresh >= PAGES && copies > 0);
	CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	check_ended(client, 0);
}

int main(int argc, char *argv[])
{
	(void)argv;
	if (argc > 1) {
		return play_client();
	}
	for (int i = 0; i < PAGED_PATHS; i++) {
		page_client(paged_paths[i]);
	}
	return 0;
}
