/* A member of a family whose pages zippager packs is not ended because another client of the same
 * zippager has forked, however often. */
/* smp: 2 */
/* timeout: 120 */
#include "libsys/time.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 4300, LEAVES = 230, TOUCH = 12, WORKERS = 5, BRANCHES = 4 };

static envid_t test;

static void member(void)
{
	volatile uint32_t *heap = sbrk(PAGES * PGSIZE);

	for (uint32_t i = 0; i < PAGES; i++) {
		heap[i * WORDS] = i + 1;
	}
	tell(test, 1);
	hear(2);
	if (fork() > 0) {
		_Exit(0);
	}
	volatile uint32_t *fresh = sbrk(100 * PGSIZE);
	pid_t workers[WORKERS];
	uint32_t failed = 0;

	for (int w = 0; w < WORKERS; w++) {
		workers[w] = fork();
		for (uint32_t i = 0; workers[w] == 0 && i < TOUCH; i++) {
			fresh[i * WORDS] = i;
		}
		if (workers[w] == 0) {
			_Exit(0);
		}
	}
	for (int w = 0; w < WORKERS; w++) {
		struct process_end end = {.why = ""};

		(void)wait(workers[w], &end, 0);
		printf("worker %d: status %d %s\n", w, end.status, end.why);
		failed += end.status != 0;
	}
	tell(test, failed);
	exit(0);
}

static void other(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	for (int i = 0; i < BRANCHES; i++) {
		if (fork() == 0) {
			for (int j = 0; j < LEAVES; j++) {
				pid_t pid = fork();

				if (pid == 0) {
					(void)__sync_fetch_and_add(&words_at(AREA)[0], 1);
					sleep_for_ever();
				}
				if (pid < 0) {
					break;
				}
			}
			(void)__sync_fetch_and_add(&words_at(AREA)[1], 1);
			sleep_for_ever();
		}
	}
	while (words_at(AREA)[1] < BRANCHES) {
		sleep_ms(5);
	}
	printf("other: %u clients\n", words_at(AREA)[0]);
	tell(test, 3);
	sleep_for_ever();
}

int main(int argc, char *argv[])
{
	pid_t pager;
	struct ipc_msg msg;

	if (argc == 3) {
		test = env_of_argument(argv[2]);
		if (strcmp(argv[1], "member") == 0) {
			member();
		}
		other();
	}
	pager = start_zippager();
	(void)start_paged(pager, FAULT_PATH_PAGER, argv[0], "member");
	envid_t first = hear(1);
	(void)start_paged(pager, FAULT_PATH_PAGER, argv[0], "other");
	(void)hear(3);
	tell(first, 2);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(msg.w[0], 0);
	CHECK_EQ(kill(pager), OK);
	return 0;
}
