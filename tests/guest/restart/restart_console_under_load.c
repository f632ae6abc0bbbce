/* boot: killservers
 * Processes print numbered lines while the console is killed again and again, at moments drawn from
 * a fixed seed; and all of them end well. That each line comes once and in order is for
 * tests/test_restart.py to see. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum { WRITERS = 3, LINES = 400, KILLS = 60, PAUSE_US = 3000 };

static void write_lines(uint32_t writer)
{
	for (uint32_t line = 0; line < LINES; line++) {
		printf("<writer %u line %u of %u>\n", writer, line, LINES);
		if (line % 16 == 0) {
			CHECK_EQ(stdout_drain(), OK);
		}
	}
	exit(0);
}

int main(void)
{
	pid_t writers[WRITERS];

	srand(2);
	for (uint32_t i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		CHECK(writers[i] >= 0);
		if (writers[i] == 0) {
			write_lines(i);
		}
	}
	for (uint32_t i = 0; i < KILLS; i++) {
		ipc_sleep_us(rand() % PAUSE_US);
		kill_server(PM_SERVER_CONSOLE);
	}
	for (uint32_t i = 0; i < WRITERS; i++) {
		CHECK_EQ(end_of(writers[i]).status, 0);
	}
	return 0;
}
