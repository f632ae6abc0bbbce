/* Two programs that somebody gave one pager which packs pages: the second one makes up the entries
 * that name the first one's pages, and does not get them; the first one gets them all. */
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 60, PLACES = 24, SECRET = 0x5EC2E700, SEEN = 7 };

static volatile uint32_t cells[PAGES][WORDS] __attribute__((aligned(PGSIZE)));

/* Has more pages than the pager leaves it. */
static void keep_secrets(envid_t parent)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		cells[i][0] = SECRET + i;
	}
	tell(parent, 1);
	(void)hear(2);
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(cells[i][0], SECRET + i);
	}
}

/* Places are given out in the order of the pages, which may begin with some others. */
static void steal(envid_t parent)
{
	(void)parent;
	for (uint32_t place = 0; place < PLACES; place++) {
		for (uint32_t page = place; page < place + 3; page++) {
			pid_t pid = fork();

			CHECK(pid >= 0);
			if (pid == 0) {
				vaddr_t va = (vaddr_t)cells[page];

				CHECK_EQ(sys_page_unmap(0, va, 1), 1);
				CHECK_EQ(sys_page_mark(0, va, place << PGSHIFT | PTE_KEPT, 1), 1);
				exit(cells[page][0] == SECRET + page ? SEEN : 0);
			}
			CHECK_EQ(end_of(pid).how, PM_END_FAULT);
		}
	}
}

int main(int argc, char *argv[])
{
	const char *const words[] = {"zippager", "8"};

	if (argc == 3) {
		(argv[1][0] == 'k' ? keep_secrets : steal)(env_of_argument(argv[2]));
		return 0;
	}
	for (int i = 0; i < PAGED_PATHS; i++) {
		pid_t pager = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);

		CHECK(pager > 0);
		CHECK_EQ(pager_await(pager, 5000), OK);
		pid_t first = start_paged(pager, paged_paths[i], argv[0], "keep");
		envid_t env = hear(1);

		check_ended(start_paged(pager, paged_paths[i], argv[0], "steal"), 0);
		tell(env, 2);
		check_ended(first, 0);
		check_ended(pager, 0);
	}
	return 0;
}
