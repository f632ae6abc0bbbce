/* One command: a builtin or a program of the archive, in the foreground or in the background. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

struct command {
	int argc;
	char **argv;
	const struct builtin *builtin; /* NULL: a program of the archive */
	enum fault_path path;          /* of a program */
	int deadline_ms;               /* of a program's page faults */
};

enum { DEADLINE_INHERIT = -1 };

const char *const fault_path_names[FAULT_PATHS] = {
	[FAULT_PATH_PAGER] = "pager",
	[FAULT_PATH_SELF] = "self",
	[FAULT_PATH_IPC] = "ipc",
	[FAULT_PATH_KERNEL] = "kernel",
};

static bool find_path(const char *name, enum fault_path *path)
{
	for (*path = 0; *path < FAULT_PATHS; (*path)++) {
		if (strcmp(fault_path_names[*path], name) == 0) {
			return true;
		}
	}
	return false;
}

/* Takes an option of `run` and its value. */
static bool parse_option(const char *option, const char *value, struct command *command)
{
	if (strcmp(option, "-f") == 0) {
		return find_path(value, &command->path);
	}
	return strcmp(option, "-d") == 0 &&
	       args_number(value, 0, INT32_MAX / 1000, &command->deadline_ms);
}

/* Takes the words of a command, those of `run` out of it. False, after a message, if `run` is wrong. */
static bool command_parse(int argc, char *argv[], struct command *command)
{
	const struct builtin *builtin = builtin_find(argv[0]);

	*command = (struct command){argc, argv, builtin, FAULT_PATH_INHERIT, DEADLINE_INHERIT};
	if (builtin == NULL || builtin->run != NULL) {
		return true;
	}
	int i = 1;
	while (i + 1 < argc && argv[i][0] == '-' && parse_option(argv[i], argv[i + 1], command)) {
		i += 2;
	}
	if (i >= argc || argv[i][0] == '-') {
		printf("usage: %s %s (PATH: pager, self, ipc or kernel)\n", builtin->name,
		       builtin->arguments);
		return false;
	}
	command->argc = argc - i;
	command->argv = argv + i;
	command->builtin = NULL;
	return true;
}

/* Starts a program of the archive. Its pid or an error. It inherits its deadline: it may fork before another
 * could be set. */
static pid_t start_program(const struct command *command)
{
	bool other = command->deadline_ms != DEADLINE_INHERIT;
	int own_ms = other ? process_deadline(0, (uint32_t)command->deadline_ms) : 0;
	pid_t pid = spawn_on(command->path, command->argc, (const char *const *)command->argv);

	if (other) {
		(void)process_deadline(0, (uint32_t)own_ms);
	}
	return pid;
}

/* Starts a command as a child. Its pid; an error, after a message. */
static pid_t start_command(const struct command *command, bool background)
{
	const char *name = command->argv[0];
	pid_t pid;

	stdout_flush();
	if (command->builtin != NULL) {
		pid = fork();
	} else {
		pid = start_program(command);
	}
	if (pid == 0) {
		shell_in_background = background;
		job_forget_all();
		exit(builtin_run(command->builtin, command->argc, command->argv));
	}
	if (pid == E_NOT_FOUND) {
		printf("%s: no such program (try \"help\")\n", name);
	} else if (pid == E_INVAL && command->path == FAULT_PATH_KERNEL) {
		printf("%s: this kernel has no path kernel: KFAULT=1 builds one that has\n", name);
	} else if (pid < 0) {
		printf("%s: %s\n", name, status_text(pid));
	}
	return pid;
}

int command_background(int argc, char *argv[])
{
	struct command command;
	pid_t pid;

	if (!job_possible()) {
		printf("%s: too many background programs\n", argv[0]);
		return 1;
	}
	if (!command_parse(argc, argv, &command)) {
		return 1;
	}
	pid = start_command(&command, true);
	if (pid < 0) {
		return 1;
	}
	job_add(pid, command.argv[0]);
	if (shell_interactive) {
		printf("[%d] %s\n", pid, command.argv[0]);
	}
	return 0;
}

int command_foreground(int argc, char *argv[])
{
	struct command command;
	struct process_end end;
	pid_t pid;
	int result;

	if (!command_parse(argc, argv, &command)) {
		return 1;
	}
	if (command.builtin != NULL && !command.builtin->forks) {
		return builtin_run(command.builtin, argc, argv);
	}
	pid = start_command(&command, shell_in_background);
	if (pid < 0) {
		return 1;
	}
	result = job_wait_child(pid, &end);
	if (result < 0) {
		printf("%s: %s\n", argv[0], status_text(result));
		return 1;
	}
	if (end.how == PM_END_FAULT && end.why[0] != '\0') {
		puts(end.why);
	} else if (end.how == PM_END_KILLED) {
		puts("killed");
	}
	return end.status;
}
