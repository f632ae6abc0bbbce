/* Workers that fork and end at once, one after the other, often in the same slot: what they leave,
 * which faults for the first time only when others have long come, finds the family's packed
 * pages. */
/* smp: 2 4 */
#include "libsys/time.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 60, ROUNDS = 150, SPINNERS = 5, SECRET = 0x5EC2E700, PATIENCE_MS = 20000 };
enum { MADE, FOUND, LOST };

static volatile uint32_t cells[PAGES][WORDS] __attribute__((aligned(PGSIZE)));

static void spin(void)
{
	for (;;) {}
}

static void count(int what)
{
	(void)__sync_fetch_and_add(&words_at(AREA)[what], 1);
}

static void look_at_pages(void)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		if (cells[i][0] != SECRET + i) {
			count(LOST);
			exit(1);
		}
	}
	count(FOUND);
	exit(0);
}

static void work(void)
{
	count(MADE);
	if (fork() == 0) {
		look_at_pages();
	}
	_Exit(0);
}

static void family(void)
{
	pid_t spinners[SPINNERS];

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	for (uint32_t i = 0; i < PAGES; i++) {
		cells[i][0] = SECRET + i;
	}
	for (int i = 0; i < SPINNERS; i++) {
		spinners[i] = start_child(spin);
	}
	for (int round = 0; round < ROUNDS; round++) {
		(void)wait(start_child(work), NULL, 0);
	}
	for (int i = 0; i < SPINNERS; i++) {
		(void)kill(spinners[i]);
		(void)wait(spinners[i], NULL, 0);
	}
	for (int ms = 0; ms < PATIENCE_MS && words_at(AREA)[FOUND] < ROUNDS; ms++) {
		sleep_ms(1);
	}
	printf("%u made, %u found their pages, %u others'\n", words_at(AREA)[MADE],
	       words_at(AREA)[FOUND], words_at(AREA)[LOST]);
	CHECK_EQ(words_at(AREA)[FOUND], ROUNDS);
}

int main(int argc, char *argv[])
{
	pid_t pager;

	if (argc == 3) {
		family();
		return 0;
	}
	pager = start_zippager();
	check_ended(start_paged(pager, FAULT_PATH_PAGER, argv[0], "family"), 0);
	CHECK_EQ(wait(pager, NULL, 0), pager);
	return 0;
}
