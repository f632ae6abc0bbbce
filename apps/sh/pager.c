/* Pagers that `run -p` started: they end by themselves when they have no clients left, unless they
 * hang. */
#include "libsys/pager.h"
#include "apps/sh/sh.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

enum { PAGER_END_MS = 2000 };

static bool has_clients(pid_t pager)
{
	struct pm_info info = {.pager = 0};
	int cursor = 0;

	while (info.pager != pager && (cursor = process_next(cursor, &info)) > 0) {}
	return info.pager == pager;
}

void pager_release(pid_t pid, const char *name)
{
	if (!has_clients(pid) && pager_await(pid, PAGER_END_MS) == E_TIMEOUT) {
		printf("%s[%d]: does not answer, and pages nobody any more\n", name, pid);
		(void)kill(pid);
	}
}
