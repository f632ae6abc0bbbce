/* A family under zippager: each link of a chain forks and ends. Another member gets its copies of
 * packed pages back meanwhile. The last link still has all pages. */
/* smp: 1 2 4 */
/* timeout: 120 */
#include "libsys/time.h"
#include "tests/guest/pager/chain.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 200, SLEEPERS = 24, FILLERS = 150, LINKS = 3000, SECRET = 0x5EC2E700 };
enum { READY, GO, FOUND, BAD, FAULTED, DONE, TOUCHED }; /* words that all see */

static volatile uint32_t cells[PAGES][WORDS] __attribute__((aligned(PGSIZE)));

static void on_fault(struct utrapframe *utf)
{
	(void)utf;
	words_at(AREA)[FAULTED]++;
	words_at(AREA)[DONE] = 1;
	_Exit(1);
}

static void until(int what)
{
	while (!words_at(AREA)[what]) {
		sleep_ms(1);
	}
}

static void toucher(void)
{
	until(GO);
	for (uint32_t i = 0; i < PAGES; i++) {
		if (cells[i][0] == SECRET + i) {
			words_at(AREA)[TOUCHED]++;
		}
	}
	exit(0);
}

static void writer(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		cells[i][0] = SECRET + i;
	}
	(void)start_child(toucher);
	words_at(AREA)[READY] = 1;
	until(GO);
	(void)fault_set_handler(on_fault);
	fork_chain(LINKS);
	for (uint32_t i = 0; i < PAGES; i++) {
		words_at(AREA)[cells[i][0] == SECRET + i ? FOUND : BAD]++;
	}
	words_at(AREA)[DONE] = 1;
	exit(0);
}

static void family(envid_t test)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	pid_t dummy = start_child(sleep_for_ever);
	for (int i = 0; i < SLEEPERS; i++) {
		(void)start_child(sleep_for_ever);
	}
	tell(test, 1);
	hear(2);
	(void)start_child(writer);
	until(READY);
	CHECK_EQ(kill(dummy), OK);
	(void)wait(dummy, NULL, 0);
	words_at(AREA)[GO] = 1;
	while (!words_at(AREA)[DONE]) {
		sleep_ms(1);
	}
	printf("another found %u of %u; the last link: %u found, %u bad, %u lost\n",
	       words_at(AREA)[TOUCHED], PAGES, words_at(AREA)[FOUND], words_at(AREA)[BAD],
	       words_at(AREA)[FAULTED]);
	exit(words_at(AREA)[FOUND] == PAGES ? 0 : 1);
}

int main(int argc, char *argv[])
{
	pid_t pager, fillers[FILLERS], client;

	if (argc == 3) {
		family(env_of_argument(argv[2]));
		return 0;
	}
	pager = start_zippager();
	client = start_paged(pager, FAULT_PATH_PAGER, argv[0], "family");
	envid_t root = hear(1);
	for (int i = 0; i < FILLERS; i++) {
		fillers[i] = start_child(sleep_for_ever);
	}
	tell(root, 2);
	struct process_end end = end_of(client);
	printf("family ended with %d, %s\n", end.status, end.why);
	for (int i = 0; i < FILLERS; i++) {
		(void)kill(fillers[i]);
		(void)wait(fillers[i], NULL, 0);
	}
	(void)kill(pager);
	return end.status;
}
