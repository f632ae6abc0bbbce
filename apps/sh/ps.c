/* ps: the processes, then the servers. */
#include "apps/sh/sh.h"
#include "libsys/stdio.h"

int ps_run(int argc, char *argv[])
{
	static const char *const states[] = {
		[PM_RUNNING] = "run",
		[PM_WAITING] = "wait",
		[PM_ZOMBIE] = "zombie",
	};
	struct pm_info info;
	int cursor = 0;

	(void)argc;
	(void)argv;
	printf("%5s %6s %-6s %3s %6s %8s %s\n", "PID", "PARENT", "STATE", "CPU", "PAGES", "RUNS",
	       "NAME");
	while ((cursor = process_next(cursor, &info)) > 0) {
		printf("%5d %6d %-6s %3u %6u %8u %s", info.pid, info.parent,
		       info.state <= PM_ZOMBIE ? states[info.state] : "?", info.cpu, info.pages,
		       info.runs, info.name);
		if (info.path == FAULT_PATH_SELF) {
			printf(" (self, %u %s)", info.envs, info.envs == 1 ? "env" : "envs");
		} else if (info.path != FAULT_PATH_PAGER && info.path < FAULT_PATHS) {
			printf(" (%s)", fault_path_names[info.path]);
		}
		if (info.pager != 0) {
			printf(" (paged by %d)", info.pager);
		}
		putchar('\n');
	}
	server_print_rows();
	return 0;
}
