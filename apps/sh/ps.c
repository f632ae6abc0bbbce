/* ps: the processes, then the servers; or how they are scheduled, once or again and again. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/time.h"

static int print_processes(void)
{
	static const char *const states[] = {
		[PM_RUNNING] = "run",
		[PM_WAITING] = "wait",
		[PM_ZOMBIE] = "zombie",
	};
	struct pm_info info;
	int cursor = 0;

	printf("%5s %6s %-6s %3s %6s %8s %-6s %s\n", "PID", "PARENT", "STATE", "CPU", "PAGES",
	       "RUNS", "PATH", "NAME");
	while ((cursor = process_next(cursor, &info)) > 0) {
		printf("%5d %6d %-6s %3u %6u %8u %-6s %s", info.pid, info.parent,
		       info.state <= PM_ZOMBIE ? states[info.state] : "?", info.cpu, info.pages,
		       info.runs, info.path < FAULT_PATHS ? fault_path_names[info.path] : "?",
		       info.name);
		if (info.path == FAULT_PATH_SELF) {
			printf(" (%u %s)", info.envs, info.envs == 1 ? "env" : "envs");
		}
		if (info.pager != 0) {
			printf(" (paged by %d)", info.pager);
		}
		putchar('\n');
	}
	server_print_rows();
	return 0;
}

enum { KEY_MS = 100 }; /* between two looks at the keyboard */

/* Until a key is typed. */
static _Noreturn void watch_here(uint32_t ms)
{
	uint32_t left = 0;

	while (getchar_nowait() < 0) {
		if (left == 0) {
			printf("\x1b[H\x1b[J");
			sched_print();
			left = ms;
		}
		sleep_ms(left < KEY_MS ? left : KEY_MS);
		left -= left < KEY_MS ? left : KEY_MS;
	}
	exit(0);
}

/* Runs in a process of its own: Ctrl-C ends it, too. */
static int watch(uint32_t ms)
{
	struct process_end end;
	pid_t pid;

	stdout_flush();
	pid = fork();
	if (pid < 0) {
		printf("ps: %s\n", status_text(pid));
		return 1;
	}
	if (pid == 0) {
		watch_here(ms);
	}
	(void)job_wait_child(pid, &end);
	return 0;
}

int ps_run(int argc, char *argv[])
{
	uint32_t ms = 1000;

	if (argc == 1) {
		return print_processes();
	}
	if (argc == 2 && strcmp(argv[1], "-s") == 0) {
		sched_print();
		return 0;
	}
	if (strcmp(argv[1], "-w") == 0 && (argc == 2 || args_seconds(argv[2], &ms))) {
		return watch(ms);
	}
	puts("usage: ps [-s | -w [SECONDS]]");
	return 1;
}
