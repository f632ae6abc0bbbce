/* A family under zippager of one env at a time: each link of a chain forks and ends. Another client
 * of the same pager, not of the family, faults meanwhile. The last link still has all its pages. */
/* smp: 2 4 */
/* timeout: 120 */
#include "libsys/time.h"
#include "tests/guest/pager/chain.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 40, SLEEPERS = 240, LINKS = 8000, SECRET = 0x5EC2E700, HEAP = 4000 };
enum { LOST = 1000, ALL = 2000 }; /* what the last link says */

static volatile uint32_t cells[PAGES][WORDS] __attribute__((aligned(PGSIZE)));
static envid_t test;

static void on_fault(struct utrapframe *utf)
{
	(void)utf;
	tell(test, LOST);
	_Exit(1);
}

static void chain(void)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < PAGES; i++) {
		cells[i][0] = SECRET + i;
	}
	tell(test, 1);
	hear(2);
	(void)fault_set_handler(on_fault);
	fork_chain(LINKS);
	for (uint32_t i = 0; i < PAGES; i++) {
		found += cells[i][0] == SECRET + i;
	}
	tell(test, ALL + found);
	exit(0);
}

static void other(void)
{
	for (int i = 0; i < SLEEPERS; i++) {
		(void)start_child(sleep_for_ever);
	}
	tell(test, 3);
	hear(4);
	for (;;) {
		volatile char *heap = sbrk(HEAP * PGSIZE);

		for (int i = 0; i < HEAP; i++) {
			heap[i * PGSIZE] = 1;
		}
		(void)sbrk(-HEAP * PGSIZE);
	}
}

int main(int argc, char *argv[])
{
	struct ipc_msg msg;
	pid_t pager;

	if (argc == 3) {
		test = env_of_argument(argv[2]);
		if (strcmp(argv[1], "chain") == 0) {
			chain();
		}
		other();
	}
	pager = start_zippager();
	(void)start_paged(pager, FAULT_PATH_PAGER, argv[0], "chain");
	envid_t family = hear(1);
	pid_t stranger = start_paged(pager, FAULT_PATH_PAGER, argv[0], "other");
	tell(hear(3), 4);
	tell(family, 2);
	env_page->recv_us = 60000000;
	CHECK_EQ(ipc_recv(0, &msg, IPC_RECV_TIMEOUT), OK);
	CHECK_EQ(msg.w[0], ALL + PAGES);
	CHECK_EQ(kill(stranger), OK);
	CHECK_EQ(kill(pager), OK);
	return 0;
}
