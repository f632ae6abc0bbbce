/* kill: ends processes; and servers, which procmgr starts again. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

enum { FIRST_PROCESS = 1 };

/* By number or, a server, by name. Whether that worked; if not, a message says why. */
static bool kill_one(const char *word)
{
	enum pm_server server = server_find(word);
	int pid, status;

	if (server != 0) {
		status = process_server_kill(server);
	} else if (args_number(word, 1, INT32_MAX, &pid)) {
		if (pid == FIRST_PROCESS) {
			puts("kill: 1: the machine would end with this process: `poweroff` "
			     "does that");
			return false;
		}
		status = kill(pid);
	} else {
		printf("kill: %s: neither a process number nor a server\n", word);
		return false;
	}
	if (status < 0) {
		printf("kill: %s: %s\n", word, status_text(status));
	}
	return status >= 0;
}

int kill_run(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		failed |= !kill_one(argv[i]);
	}
	return failed;
}
