/* One command: a builtin or a program of the archive, in the foreground or in the background. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/pager.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

enum { DEADLINE_INHERIT = -1, PAGERS_MAX = 4, PAGER_WORDS_MAX = 16, PAGER_START_MS = 2000 };

struct command {
	int argc;
	char **argv;
	const struct builtin *builtin; /* NULL: a program of the archive */
	enum fault_path path;          /* of a program */
	int deadline_ms;               /* of a program's page faults */
	char *pagers[PAGERS_MAX];      /* command lines of programs: each pages the next one */
	pid_t pager_pids[PAGERS_MAX];
	int npagers;
};

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
static bool parse_option(const char *option, char *value, struct command *command)
{
	if (strcmp(option, "-f") == 0) {
		return find_path(value, &command->path);
	}
	if (strcmp(option, "-p") == 0 && command->npagers < PAGERS_MAX) {
		command->pagers[command->npagers++] = value;
		return true;
	}
	return strcmp(option, "-d") == 0 &&
	       args_number(value, 0, INT32_MAX / 1000, &command->deadline_ms);
}

/* Takes the words of a command, those of `run` out of it. False, after a message, if `run` is
 * wrong. */
static bool command_parse(int argc, char *argv[], struct command *command)
{
	const struct builtin *builtin = builtin_find(argv[0]);

	*command = (struct command){
		.argc = argc,
		.argv = argv,
		.builtin = builtin,
		.path = FAULT_PATH_INHERIT,
		.deadline_ms = DEADLINE_INHERIT,
	};
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

/* Ends the pagers of a command that did not start. */
static void end_pagers(const struct command *command)
{
	for (int i = 0; i < command->npagers && command->pager_pids[i] > 0; i++) {
		(void)kill(command->pager_pids[i]);
		(void)wait(command->pager_pids[i], NULL, 0);
	}
}

/* Waits until the pager serves. False, after a message, if it has ended instead: then the pager
 * server would take its place. One that is slow is taken at its word; a deadline is for those that
 * never answer. */
static bool pager_serves(const struct command *command, int i)
{
	pid_t pid = command->pager_pids[i];
	uint32_t ms = PAGER_START_MS;
	struct process_end end;

	if (command->deadline_ms > 0 && command->deadline_ms < PAGER_START_MS) {
		ms = (uint32_t)command->deadline_ms;
	}
	if (pager_await(pid, ms) != E_DEAD || wait(pid, &end, 0) < 0) {
		return true;
	}
	if (end.why[0] != '\0') {
		puts(end.why);
	}
	printf("%s: ended with status %d and pages nobody; %s is not run\n", command->pagers[i],
	       end.status, command->argv[0]);
	return false;
}

static enum fault_path own_path(void)
{
	struct pm_info info;
	pid_t self = getpid();

	return process_next(self - 1, &info) == self ? info.path : FAULT_PATH_INHERIT;
}

/* Starts one pager, which cannot be on path `self`, paged by process `pager`. Its pid, or an error
 * after a message. */
static pid_t start_pager(struct command *command, int i, pid_t pager)
{
	char *words[PAGER_WORDS_MAX];
	int count = args_split(command->pagers[i], words, PAGER_WORDS_MAX);
	enum fault_path path =
		own_path() == FAULT_PATH_SELF ? FAULT_PATH_PAGER : FAULT_PATH_INHERIT;
	bool plain = count >= 1;

	for (int word = 0; word < count; word++) {
		plain = plain && words[word] != args_background && words[word] != args_sequence &&
		        !args_is_foreign(words[word]);
	}
	pid_t pid = plain ? spawn_pager(pager, path, count, (const char *const *)words) : E_INVAL;

	command->pager_pids[i] = pid;
	if (!plain) {
		printf("run: -p needs the name of a program%s\n",
		       count < 1 ? "" : " and its arguments, nothing else");
	} else if (pid < 0) {
		printf("%s: %s\n", command->pagers[i], status_text(pid));
	} else if (!pager_serves(command, i)) {
		command->pager_pids[i] = 0;
		return E_DEAD;
	}
	return pid;
}

/* Starts the pagers, each paged by the one before it. The last one's pid, 0 if there are none, or
 * an error, after a message. */
static pid_t start_pagers(struct command *command)
{
	pid_t pid = 0;

	for (int i = 0; i < command->npagers && pid >= 0; i++) {
		pid = start_pager(command, i, pid);
	}
	if (pid < 0) {
		end_pagers(command);
	}
	return pid;
}

static void wait_for_pagers(const struct command *command)
{
	struct process_end end;

	for (int i = command->npagers - 1; i >= 0; i--) {
		pager_release(command->pager_pids[i], command->pagers[i]);
		if (job_wait_child(command->pager_pids[i], &end) > 0 && end.why[0] != '\0') {
			puts(end.why);
		}
	}
}

/* Starts a program of the archive. Its pid or an error. It inherits its deadline: it may fork
 * before another could be set. */
static pid_t start_program(struct command *command, pid_t pager)
{
	const char *name = command->argv[0];
	bool other = command->deadline_ms != DEADLINE_INHERIT;
	int own_ms = other ? process_deadline(0, (uint32_t)command->deadline_ms) : 0;

	if (strncmp(name, JOS_PREFIX, strlen(JOS_PREFIX)) == 0) {
		(void)stdout_drain(); /* what was typed and printed is to stand before its output */
	}
	pid_t pid = spawn_paged(pager, command->path, command->argc,
	                        (const char *const *)command->argv);

	if (other) {
		(void)process_deadline(0, (uint32_t)own_ms);
	}
	if (pid < 0) {
		end_pagers(command);
	}
	return pid;
}

/* Starts a command as a child. Its pid; an error, after a message. */
static pid_t start_command(struct command *command, bool background)
{
	const char *name = command->argv[0];
	pid_t pid, pager;

	stdout_flush();
	pager = start_pagers(command);
	if (pager < 0) {
		return pager;
	}
	if (command->builtin != NULL) {
		pid = fork();
	} else {
		pid = start_program(command, pager);
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
	} else if (pid == E_INVAL && pager != 0) {
		printf("%s: a process on path self pages itself: choose another path with -f\n",
		       name);
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
	job_add(pid, command.argv[0], false);
	for (int i = 0; i < command.npagers; i++) {
		if (job_possible()) {
			job_add(command.pager_pids[i], command.pagers[i], true);
		}
	}
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
	wait_for_pagers(&command);
	return end.status;
}
