/* kill: ends processes. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

int kill_run(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		int pid, status;

		if (!args_number(argv[i], 1, INT32_MAX, &pid)) {
			printf("kill: %s: not a process number\n", argv[i]);
			failed = 1;
			continue;
		}
		status = kill(pid);
		if (status < 0) {
			printf("kill: %d: %s\n", pid, status_text(status));
			failed = 1;
		}
	}
	return failed;
}
