/* The table of builtins, and `help`, which prints it. tools/parley/programs.py reads their names
 * here: a line per builtin. */
#include "apps/sh/sh.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

static int run_help(int argc, char *argv[]);

/* clang-format off */
static const struct builtin builtins[] = {
	{"help", "[COMMAND]", "this list, or how to call a command", run_help, 0, 1, false},
	{"ps", "[-s | -w [SECONDS]]",
		"the processes, and the servers; -s scheduling, -w again and again",
		ps_run, 0, 2, false},
	{"hint", "PID [weight=1..4] [cpu=N] [next] [ms=N]",
		"advice for the scheduler, for 60 s or ms", hint_run, 2, 5, false},
	{"kill", "PID|SERVER...", "ends processes; pager and console start again",
		kill_run, 1, SHELL_WORDS_MAX, false},
	{"wait", "[PID]", "waits for background programs; Ctrl-C ends the wait",
		job_wait, 0, 1, false},
	{"fg", "[PID]", "background program PID, or the last one, reads; Ctrl-C ends it",
		job_foreground, 0, 1, false},
	{"run", "[-f PATH] [-p PAGER] [-d MS] PROGRAM...",
		"on fault path PATH; PAGER handles its faults, in MS", NULL, 1, 0, true},
	{"time", "COMMAND...", "runs a command and times it",
		time_command, 1, SHELL_WORDS_MAX, false},
	{"sleep", "SECONDS", "does nothing for so long, 0.2 is fine", time_sleep, 1, 1, true},
	{"ls", "", "the files", files_ls, 0, 0, false},
	{"cat", "FILE...", "prints files", files_cat, 1, SHELL_WORDS_MAX, true},
	{"faults", "[PID|-r]", "page faults by kind and cost; -r: count anew",
		faults_run, 0, 1, false},
	{"trace", "on [PAGES]|off|stat|save|clear", "records what the kernel does",
		trace_run, 1, 2, false},
	{"exit", "[STATUS]", "leaves the shell, as Ctrl-D does", leave_run, 0, 1, false},
	{"poweroff", "[STATUS]", "ends the machine", leave_run, 0, 1, false},
};
/* clang-format on */

enum { NBUILTINS = sizeof(builtins) / sizeof(builtins[0]) };

static int print_usage(const struct builtin *builtin)
{
	printf("usage: %s %s\n", builtin->name, builtin->arguments);
	return 1;
}

static int help_about(const char *name)
{
	const struct builtin *builtin = builtin_find(name);

	if (!builtin) {
		printf("help: %s: not a command of the shell's own\n", name);
		return 1;
	}
	(void)print_usage(builtin);
	puts(builtin->help);
	return 0;
}

static int run_help(int argc, char *argv[])
{
	struct file_info info;

	if (argc > 1) {
		return help_about(argv[1]);
	}
	for (int i = 0; i < NBUILTINS; i++) {
		printf("  %-8s %-28s  %s\n", builtins[i].name, builtins[i].arguments,
		       builtins[i].help);
	}
	puts("\"a & b\" runs a in the background, \"a; b\" first a and then b, # is a comment. "
	     "Ctrl-C ends what");
	printf("runs in the foreground. Programs:\n ");
	for (uint32_t i = 0; file_list(i, &info) >= 0; i++) {
		if (info.runs) {
			printf(" %s", info.name);
		}
	}
	putchar('\n');
	return 0;
}

const struct builtin *builtin_find(const char *name)
{
	for (int i = 0; i < NBUILTINS; i++) {
		if (strcmp(builtins[i].name, name) == 0) {
			return &builtins[i];
		}
	}
	return NULL;
}

int builtin_run(const struct builtin *builtin, int argc, char *argv[])
{
	if (argc - 1 < builtin->least || argc - 1 > builtin->most) {
		return print_usage(builtin);
	}
	return builtin->run(argc, argv);
}
