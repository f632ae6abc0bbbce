/* A pager which packs pages for one program and its forks keeps them for a fork whose parent, the
 * last one that it knew, is gone before that fork comes to it. */
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 60, ROUNDS = 5, SECRET = 0x5EC2E700, LOST_US = 60000000 };

static volatile uint32_t cells[PAGES][WORDS] __attribute__((aligned(PGSIZE)));

/* Ends before its child has run, where there is one CPU. */
static void leave_an_orphan(envid_t parent)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		cells[i][0] = SECRET + i;
	}

	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		for (uint32_t i = 0; i < PAGES; i++) {
			CHECK_EQ(cells[i][0], SECRET + i);
		}
		tell(parent, 1);
	}
}

int main(int argc, char *argv[])
{
	const char *const words[] = {"zippager", "8"};

	if (argc == 3) {
		leave_an_orphan(env_of_argument(argv[2]));
		return 0;
	}
	for (int i = 0; i < ROUNDS * PAGED_PATHS; i++) {
		struct ipc_msg msg;
		pid_t pager = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);

		CHECK(pager > 0);
		CHECK_EQ(pager_await(pager, 5000), OK);
		check_ended(start_paged(pager, paged_paths[i % PAGED_PATHS], argv[0], "orphan"), 0);
		env_page->recv_us = LOST_US;
		CHECK_EQ(ipc_recv(0, &msg, IPC_RECV_TIMEOUT), OK);
		check_ended(pager, 0);
	}
	return 0;
}
