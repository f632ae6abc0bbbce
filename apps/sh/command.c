/* One command: a builtin or a program of the archive, in the foreground or in the background. */
#include "apps/sh/sh.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

struct command {
	int argc;
	char **argv;
	const struct builtin *builtin; /* NULL: a program of the archive */
	enum fault_path path;          /* of a program */
};

/* Takes the words of a command, those of `run` out of it. False, after a message, if `run` is wrong. */
static bool command_parse(int argc, char *argv[], struct command *command)
{
	const struct builtin *builtin = builtin_find(argv[0]);

	*command = (struct command){argc, argv, builtin, FAULT_PATH_INHERIT};
	if (builtin == NULL || builtin->run != NULL) {
		return true;
	}
	bool self = argc > 2 && strcmp(argv[2], "self") == 0;
	bool known = self || (argc > 2 && strcmp(argv[2], "pager") == 0);

	if (argc - 1 < builtin->least || strcmp(argv[1], "-f") != 0 || !known) {
		printf("usage: %s %s (PATH: self or pager)\n", builtin->name, builtin->arguments);
		return false;
	}
	*command = (struct command){argc - 3, argv + 3, NULL,
	                            self ? FAULT_PATH_SELF : FAULT_PATH_PAGER};
	return true;
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
		pid = spawn_on(command->path, command->argc, (const char *const *)command->argv);
	}
	if (pid == 0) {
		shell_in_background = background;
		job_forget_all();
		exit(builtin_run(command->builtin, command->argc, command->argv));
	}
	if (pid == E_NOT_FOUND) {
		printf("%s: no such program (try \"help\")\n", name);
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
	if (end.how == PM_END_FAULT) {
		puts(end.why);
	} else if (end.how == PM_END_KILLED) {
		puts("killed");
	}
	return end.status;
}
