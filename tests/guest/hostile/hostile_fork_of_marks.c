/* Marks of zero fill are paid for by their tables only, so a space may have 850,000 of them.
 * procmgr copies such a space by parts: who asks it for something else waits for one. */
/* icount: 1 */
/* smp: 1 2 */
#include "libsys/time.h"
#include "tests/guest/marks.h"

enum {
	FORKERS = 4,
	FORKS = 3,           /* of each, while others ask */
	WAIT_MOST_US = 3000, /* 24,000 to 74,000 in one go */
	PERIOD_US = 700,
};

#define COUNTS 0x0C000000u

static volatile uint32_t *forks; /* by forker, shared */

static void fork_marks(uint32_t number)
{
	mark_all_tables();
	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			exit(0);
		}
		CHECK(pid > 0);
		forks[number]++;
		(void)wait(0, NULL, 0);
	}
}

static bool all_have_forked(uint32_t times)
{
	uint32_t i = 0;

	while (i < FORKERS && forks[i] >= times) {
		i++;
	}
	return i == FORKERS;
}

int main(void)
{
	pid_t others[FORKERS];
	uint64_t longest = 0;

	forks = words_at(COUNTS);
	CHECK_EQ(sys_page_alloc(0, COUNTS | PTE_W | PTE_SHARE, 1), 1);
	for (uint32_t i = 0; i < FORKERS; i++) {
		others[i] = fork();
		if (others[i] == 0) {
			fork_marks(i);
		}
		CHECK(others[i] > 0);
	}
	while (!all_have_forked(1)) {
		ipc_sleep_us(PERIOD_US);
	}
	while (!all_have_forked(FORKS)) {
		struct ipc_msg question = {.w = {PM_SELF}, .nwords = 1};
		uint64_t start = clock_us();

		CHECK_EQ(ipc_call(process_manager, &question, 0), OK);
		uint64_t waited = clock_us() - start;
		longest = waited > longest ? waited : longest;
		ipc_sleep_us(PERIOD_US);
	}
	printf("an answer took up to %u us\n", (uint32_t)longest);
	CHECK(longest <= WAIT_MOST_US);
	for (uint32_t i = 0; i < FORKERS; i++) {
		CHECK_EQ(kill(others[i]), OK);
	}
	return 0;
}
