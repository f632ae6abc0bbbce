/* The servers, as `kill` and `ps` know them: by name, for they are no processes. */
#include "apps/sh/sh.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

static const char *const names[] = {
	[PM_SERVER_PAGER] = "pager",
	[PM_SERVER_CONSOLE] = "console",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == PM_SERVER_END, "a name for each");

enum pm_server server_find(const char *name)
{
	for (enum pm_server which = PM_SERVER_PAGER; which < PM_SERVER_END; which++) {
		if (strcmp(names[which], name) == 0) {
			return which;
		}
	}
	return 0;
}

static void print_row(enum pm_server which)
{
	envid_t env = process_server(which);
	uint32_t restarts = process_server_restarts(which);

	if (env < 0) {
		printf("%5s %6s %-6s %3s %6s %8s %-6s %s\n", "-", "-", "dead", "-", "-", "-", "-",
		       names[which]);
		return;
	}
	const volatile struct env_info *info = &env_infos[ENV_SLOT(env)];
	printf("%5s %6s %-6s %3u %6u %8u %-6s %s", "-", "-", "server", info->cpu, info->pages,
	       info->runs, "-", names[which]);
	if (restarts > 0) {
		printf(" (started again %u %s)", restarts, restarts == 1 ? "time" : "times");
	}
	putchar('\n');
}

void server_print_rows(void)
{
	for (enum pm_server which = PM_SERVER_PAGER; which < PM_SERVER_END; which++) {
		print_row(which);
	}
}
