/* When a pager of one's own is killed its clients go on with the pager server: nothing that they
 * wrote is lost, and afterwards nothing is missing. */
#include "libsys/stdlib.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 24 };

static void check_fork(void)
{
	static volatile uint32_t word = 1;

	word = 2;
	CHECK_EQ(word, 2);
}

static int play_client(envid_t parent)
{
	volatile uint32_t *heap = sbrk(2 * PAGES * PGSIZE);

	for (uint32_t i = 0; i < PAGES; i++) {
		heap[i * WORDS] = i + 1;
	}
	tell(parent, 1);
	hear(2);
	for (uint32_t i = PAGES; i < 2 * PAGES; i++) {
		heap[i * WORDS] = i + 1;
	}
	check_child(check_fork);
	for (uint32_t i = 0; i < 2 * PAGES; i++) {
		CHECK_EQ(heap[i * WORDS], i + 1);
	}
	return 0;
}

static void lose_pager(enum fault_path path)
{
	pid_t pager = start_quiet_pager();
	pid_t client = start_paged(pager, path, "own_pager_death_moves_clients", "client");
	envid_t env = hear(1);

	CHECK_EQ(info_of(client).pager, pager);
	CHECK_EQ(kill(pager), OK);
	CHECK_EQ(info_of(client).pager, 0);
	tell(env, 2);
	check_ended(client, 0);
	CHECK_EQ(wait(pager, NULL, 0), pager);
}

int main(int argc, char *argv[])
{
	if (argc > 2) {
		return play_client(env_of_argument(argv[2]));
	}
	lose_pager(FAULT_PATH_PAGER);

	uint32_t before = free_frames();

	for (int i = 0; i < 4 * PAGED_PATHS; i++) {
		lose_pager(paged_paths[i % PAGED_PATHS]);
	}
	CHECK_EQ(free_frames(), before);
	return 0;
}
