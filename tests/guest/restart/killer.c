/* args: 1 pager console
 * boot: killservers
 * smp: 1
 * A tool for tests at the prompt: kills the servers named, after a while (in ms). */
#include "libsys/stdlib.h"
#include "libsys/time.h"
#include "tests/guest/restart.h"

int main(int argc, char *argv[])
{
	CHECK(argc > 2);
	sleep_ms((uint32_t)strtol(argv[1], NULL, 10));
	for (int i = 2; i < argc; i++) {
		kill_server(strcmp(argv[i], "pager") == 0 ? PM_SERVER_PAGER : PM_SERVER_CONSOLE);
	}
	return 0;
}
