/* However many wait for a line in the background, the console answers who takes the terminal after
 * a few questions to procmgr, which others on the other CPU keep busy. */
/* smp: 2 */
#include "libsys/time.h"
#include "tests/guest/console/foreground.h"
#include "tests/guest/hostile/busy_procmgr.h"

enum { READERS = 60, FORKERS = 5, ROUNDS = 8, QUESTIONS_MAX = 8 };

static envid_t console;

static void read_line(void)
{
	struct ipc_msg msg = {.w = {CONSOLE_READ_LINE}, .nwords = 1};

	(void)ipc_call(console, &msg, 0);
}

/* The test has put it into the foreground. */
static void measure(void)
{
	uint64_t start, ask = 0, take = 0;

	sleep_ms(100);
	for (int i = 0; i < ROUNDS; i++) {
		start = clock_us();
		ask_procmgr();
		ask += clock_us() - start;
		start = clock_us();
		CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
		take += clock_us() - start;
		sleep_ms(5);
	}
	printf("a question to procmgr %u us, the foreground %u us\n", (uint32_t)ask / ROUNDS,
	       (uint32_t)take / ROUNDS);
	CHECK(take <= ask * QUESTIONS_MAX);
}

int main(void)
{
	pid_t others[READERS + FORKERS];

	console = process_server(PM_SERVER_CONSOLE);
	await_the_shell();
	CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
	for (int i = 0; i < READERS + FORKERS; i++) {
		others[i] = start_child(i < READERS ? read_line : fork_wide);
	}
	pid_t pid = start_child(measure);
	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	CHECK_EQ(end_of(pid).status, 0);
	for (int i = 0; i < READERS + FORKERS; i++) {
		CHECK_EQ(kill(others[i]), OK);
	}
	return 0;
}
