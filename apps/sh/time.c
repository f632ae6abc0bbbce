/* time and sleep. */
#include "libsys/time.h"
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/stdio.h"

int time_command(int argc, char *argv[])
{
	uint64_t start = clock_us();
	int status = command_foreground(argc - 1, argv + 1);

	printf("real %llu ms\n", (clock_us() - start) / 1000);
	return status;
}

int time_sleep(int argc, char *argv[])
{
	uint32_t ms;

	(void)argc;
	if (!args_seconds(argv[1], &ms)) {
		printf("sleep: %s: not a number of seconds\n", argv[1]);
		return 1;
	}
	sleep_ms(ms);
	return 0;
}
