/* A client of zippager that is not of the family does not become a member because its slot went to
 * a fork of the family while zippager looked at the clients: its children would get the family's
 * pages. Without that, one did in the first 9 tries. */
/* smp: 2 */
/* icount: 16 */
/* timeout: 120 */
#include "libsys/time.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 60, SLEEPERS = 20, TRIES = 300, ASKS = 4, NO_PLACE = 0xFFFFF };

static volatile uint32_t cells[PAGES][WORDS] __attribute__((aligned(PGSIZE)));
#define members (*words_at(AREA)) /* shared by the other's processes */

static void forks_without_end(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			_Exit(0);
		}
		if (pid > 0) {
			(void)wait(pid, NULL, 0);
		}
	}
}

/* The family: has more pages than the pager leaves it, uses them, and forks. */
static void family(envid_t parent)
{
	for (int i = 0; i < SLEEPERS; i++) {
		if (fork() == 0) {
			sleep_for_ever();
		}
	}
	if (fork() == 0) {
		forks_without_end();
	}
	for (uint32_t round = 0;; round++) {
		for (uint32_t i = 0; i < PAGES; i++) {
			cells[i][0] = i;
		}
		if (round == 0) {
			tell(parent, 1);
		}
	}
}

/* A member's claim about no place is refused, anybody else's page is lost. */
static bool is_member(void)
{
	struct ipc_msg msg = {.w = {(vaddr_t)cells[0] | FAULT_OP_STUB,
	                            (uint32_t)NO_PLACE << PGSHIFT | PTE_KEPT, 0},
	                      .nwords = 3};

	return ipc_call(env_page->pager, &msg, 0) == OK && (int)msg.w[0] != E_LOST;
}

/* The other one's child: its parent ends, and somebody else gets that one's slot. */
static void grandchild(void)
{
	while (getppid() != 0) {
		sys_yield();
	}
	for (int i = 0; i < ASKS; i++) {
		if (is_member()) {
			(void)__sync_fetch_and_add(&members, 1);
			break;
		}
		sys_yield();
	}
	_Exit(0);
}

static void other(envid_t parent)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	for (int i = 0; i < TRIES && members == 0; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (fork() == 0) {
				grandchild();
			}
			_Exit(0);
		}
		if (pid > 0) {
			(void)wait(pid, NULL, 0);
		}
	}
	tell(parent, 100 + members);
	exit(0);
}

int main(int argc, char *argv[])
{
	pid_t pager;

	if (argc == 3) {
		(argv[1][0] == 'f' ? family : other)(env_of_argument(argv[2]));
	}
	pager = start_zippager();
	(void)start_paged(pager, FAULT_PATH_PAGER, argv[0], "family");
	(void)hear(1);
	(void)start_paged(pager, FAULT_PATH_PAGER, argv[0], "other");
	(void)hear(100);
	return 0;
}
