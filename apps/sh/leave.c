/* exit and poweroff. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

int leave_run(int argc, char *argv[])
{
	int status = 0;

	if (argc > 1 && !args_number(argv[1], 0, SHELL_STATUS_HIGHEST, &status)) {
		printf("%s: %s: not a status (0 to %d)\n", argv[0], argv[1], SHELL_STATUS_HIGHEST);
		return 1;
	}
	stdout_drain();
	if (strcmp(argv[0], "poweroff") == 0) {
		int error = poweroff(status);

		printf("poweroff: %s: only the first shell may\n", status_text(error));
		return 1;
	}
	exit(status);
}
