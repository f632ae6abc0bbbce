/* Hints that procmgr passes on are the asker's: a flood of them takes none away from others, for
 * whom procmgr asks, too. */
#include "tests/guest/memory.h"

enum { FLOODERS = 2, HINTS = 400 };

static void wait_for_ever(void)
{
	for (;;) {
		ipc_sleep_us(1000000);
	}
}

static void flood(void)
{
	pid_t pid = start_child(wait_for_ever);

	for (;;) {
		(void)process_hint(pid, HINT_WEIGHT, 2, 1000);
	}
}

int main(void)
{
	pid_t pid = start_child(wait_for_ever), others[FLOODERS];

	for (int i = 0; i < FLOODERS; i++) {
		others[i] = start_child(flood);
	}
	for (int i = 0; i < HINTS; i++) {
		CHECK_EQ(process_hint(pid, HINT_WEIGHT, 2, 1000), 1);
	}
	for (int i = 0; i < FLOODERS; i++) {
		CHECK_EQ(kill(others[i]), OK);
	}
	return kill(pid);
}
