/* The shell: reads lines, or takes one with -c, and runs the commands in them.
 *
 *     command & command ; command        & runs what stands before it in the background
 *     'text' "text"                      quotes keep blanks, & and ; in a word
 *
 * A command is a builtin or a program of the archive. A builtin runs in the shell itself, but for
 * one that takes its time or runs in the background: that one runs in a fork, so that
 * Ctrl-C and `kill` can end it. The console learns which process Ctrl-C is for. With
 * -c the shell's status is that of the last foreground command, or if there is none the first
 * status of the background ones that is not 0. */
#include "libsys/args.h"
#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/time.h"

enum {
	LINE_SIZE = 256,
	WORDS_MAX = 64,
	JOBS_MAX = 64,
	STATUS_HIGHEST = 100,
};

struct job {
	pid_t pid; /* 0: the place is free */
	char name[PM_NAME_MAX];
};

struct builtin {
	const char *name, *arguments, *help;
	int (*run)(int argc, char *argv[]); /* NULL: `run`, which becomes the program it runs */
	int least, most;                    /* arguments */
	bool forks; /* runs in a process of its own also in the foreground */
};

struct command {
	int argc;
	char **argv;
	const struct builtin *builtin; /* NULL: a program of the archive */
	enum fault_path path;          /* of a program */
};

/* What became of a line. */
struct outcome {
	bool had_foreground; /* there was a foreground command, or one that could not be started */
	int status;          /* of the last of them */
};

static struct job jobs[JOBS_MAX];
static bool interactive;
static bool is_background; /* this is a fork that runs a builtin in the background */

static int run_foreground(int argc, char *argv[]);

/* ---- jobs ---- */

static struct job *job_find(pid_t pid)
{
	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid == pid) {
			return &jobs[i];
		}
	}
	return NULL;
}

/* Prints how a background program ended, and forgets it. */
static void job_report(const struct process_end *end)
{
	struct job *job = job_find(end->pid);
	const char *name = job != NULL ? job->name : "?";

	if (end->how == PM_END_FAULT) {
		puts(end->why);
	} else if (interactive && end->how == PM_END_KILLED) {
		printf("[%d] %s: killed\n", end->pid, name);
	} else if (interactive) {
		printf("[%d] %s: exit %d\n", end->pid, name, end->status);
	}
	if (job != NULL) {
		job->pid = 0;
	}
}

static void report_ended_jobs(void)
{
	struct process_end end;

	while (wait(0, &end, PM_WAIT_NOHANG) > 0) {
		job_report(&end);
	}
}

/* Waits for a child that Ctrl-C may end meanwhile. Its pid or an error. */
static int wait_child(pid_t pid, struct process_end *end)
{
	int result;

	stdout_flush();
	if (!is_background) {
		console_set_foreground(pid);
	}
	result = wait(pid, end, 0);
	if (!is_background) {
		console_set_foreground(0);
	}
	return result;
}

/* Waits for background program `pid`. Its status; 1 if there is no such child. */
static int wait_job(pid_t pid)
{
	struct process_end end;
	int result = wait_child(pid, &end);

	if (result < 0) {
		printf("wait: %d: %s\n", pid, status_text(result));
		return 1;
	}
	job_report(&end);
	return end.status;
}

/* Waits for all of them. The first status that is not 0, in the order of the table. */
static int wait_all_jobs(void)
{
	int first = 0;

	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0) {
			int status = wait_job(jobs[i].pid);

			jobs[i].pid = 0;
			first = first != 0 ? first : status;
		}
	}
	return first;
}

/* ---- builtins ---- */

/* exit and poweroff. */
static int run_leave(int argc, char *argv[])
{
	int status = 0;

	if (argc > 1 && !args_number(argv[1], 0, STATUS_HIGHEST, &status)) {
		printf("%s: %s: not a status (0 to %d)\n", argv[0], argv[1], STATUS_HIGHEST);
		return 1;
	}
	stdout_drain();
	if (strcmp(argv[0], "poweroff") == 0) {
		poweroff(status);
	}
	exit(status);
}

static int run_ps(int argc, char *argv[])
{
	static const char *const states[] = {
		[PM_RUNNING] = "run",
		[PM_WAITING] = "wait",
		[PM_ZOMBIE] = "zombie",
	};
	struct pm_info info;
	int cursor = 0;

	(void)argc;
	(void)argv;
	printf("%5s %6s %-6s %3s %6s %8s %s\n", "PID", "PARENT", "STATE", "CPU", "PAGES", "RUNS",
	       "NAME");
	while ((cursor = process_next(cursor, &info)) > 0) {
		printf("%5d %6d %-6s %3u %6u %8u %s", info.pid, info.parent,
		       info.state <= PM_ZOMBIE ? states[info.state] : "?", info.cpu, info.pages,
		       info.runs, info.name);
		if (info.path == FAULT_PATH_SELF) {
			printf(" (self, %u %s)", info.envs, info.envs == 1 ? "env" : "envs");
		}
		putchar('\n');
	}
	return 0;
}

static int run_kill(int argc, char *argv[])
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

static int run_wait(int argc, char *argv[])
{
	int pid;

	if (argc < 2) {
		return wait_all_jobs();
	}
	if (!args_number(argv[1], 1, INT32_MAX, &pid)) {
		printf("wait: %s: not a process number\n", argv[1]);
		return 1;
	}
	return wait_job(pid);
}

static int run_time(int argc, char *argv[])
{
	uint64_t start = clock_us();
	int status = run_foreground(argc - 1, argv + 1);

	printf("real %llu ms\n", (clock_us() - start) / 1000);
	return status;
}

static int run_sleep(int argc, char *argv[])
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

static int run_ls(int argc, char *argv[])
{
	struct file_info info;

	(void)argc;
	(void)argv;
	for (uint32_t i = 0; file_list(i, &info) >= 0; i++) {
		printf("%8u %s\n", info.size, info.name);
	}
	return 0;
}

static int cat_file(const char *name)
{
	static char buffer[PM_BYTES_MAX];
	uint32_t offset = 0;
	int count;

	while ((count = file_read(name, offset, buffer, sizeof(buffer))) > 0) {
		for (int i = 0; i < count; i++) {
			putchar(buffer[i]);
		}
		offset += (uint32_t)count;
	}
	if (count < 0) {
		printf("cat: %s: %s\n", name, status_text(count));
	}
	return count;
}

static int run_cat(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		failed |= cat_file(argv[i]) < 0;
	}
	return failed;
}

static int run_help(int argc, char *argv[]);

/* clang-format off */
static const struct builtin builtins[] = {
	{"help", "", "this list", run_help, 0, 0, false},
	{"ps", "", "the processes", run_ps, 0, 0, false},
	{"kill", "PID...", "ends processes", run_kill, 1, WORDS_MAX, false},
	{"wait", "[PID]", "waits for background programs; Ctrl-C ends them", run_wait, 0, 1, false},
	{"run", "-f PATH PROGRAM...", "runs a program on fault path self or pager", NULL, 3, 0, true},
	{"time", "COMMAND...", "runs a command and times it", run_time, 1, WORDS_MAX, false},
	{"sleep", "SECONDS", "does nothing for so long, 0.2 is fine", run_sleep, 1, 1, true},
	{"ls", "", "the files", run_ls, 0, 0, false},
	{"cat", "FILE...", "prints files", run_cat, 1, WORDS_MAX, true},
	{"exit", "[STATUS]", "leaves the shell, as Ctrl-D does", run_leave, 0, 1, false},
	{"poweroff", "[STATUS]", "ends the machine", run_leave, 0, 1, false},
};
/* clang-format on */

enum { NBUILTINS = sizeof(builtins) / sizeof(builtins[0]) };

static int run_help(int argc, char *argv[])
{
	struct file_info info;

	(void)argc;
	(void)argv;
	for (int i = 0; i < NBUILTINS; i++) {
		printf("  %-8s %-18s  %s\n", builtins[i].name, builtins[i].arguments,
		       builtins[i].help);
	}
	puts("\"a & b\" runs a in the background, \"a; b\" first a and then b. Ctrl-C ends what");
	printf("runs in the foreground. Programs:\n ");
	for (uint32_t i = 0; file_list(i, &info) >= 0; i++) {
		printf(" %s", info.name);
	}
	putchar('\n');
	return 0;
}

static const struct builtin *builtin_find(const char *name)
{
	for (int i = 0; i < NBUILTINS; i++) {
		if (strcmp(builtins[i].name, name) == 0) {
			return &builtins[i];
		}
	}
	return NULL;
}

static int run_builtin(const struct builtin *builtin, int argc, char *argv[])
{
	if (argc - 1 < builtin->least || argc - 1 > builtin->most) {
		printf("usage: %s %s\n", builtin->name, builtin->arguments);
		return 1;
	}
	return builtin->run(argc, argv);
}

/* ---- commands ---- */

/* Takes the words of a command, those of `run` out of it. False, after a message, if `run` is wrong. */
static bool command_parse(int argc, char *argv[], struct command *command)
{
	const struct builtin *builtin = builtin_find(argv[0]);

	*command = (struct command){argc, argv, builtin, FAULT_PATH_PAGER};
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
		is_background = background;
		memset(jobs, 0, sizeof(jobs));
		exit(run_builtin(command->builtin, command->argc, command->argv));
	}
	if (pid == E_NOT_FOUND) {
		printf("%s: no such program (try \"help\")\n", name);
	} else if (pid < 0) {
		printf("%s: %s\n", name, status_text(pid));
	}
	return pid;
}

static int run_background(int argc, char *argv[])
{
	struct job *job = job_find(0);
	struct command command;
	pid_t pid;

	if (job == NULL) {
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
	job->pid = pid;
	strlcpy(job->name, command.argv[0], sizeof(job->name));
	if (interactive) {
		printf("[%d] %s\n", pid, command.argv[0]);
	}
	return 0;
}

/* Runs a command to its end. Its status; 1 if it could not be started. */
static int run_foreground(int argc, char *argv[])
{
	struct command command;
	struct process_end end;
	pid_t pid;
	int result;

	if (!command_parse(argc, argv, &command)) {
		return 1;
	}
	if (command.builtin != NULL && !command.builtin->forks) {
		return run_builtin(command.builtin, argc, argv);
	}
	pid = start_command(&command, is_background);
	if (pid < 0) {
		return 1;
	}
	result = wait_child(pid, &end);
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

/* ---- lines ---- */

static void run_command(int argc, char *argv[], bool background, struct outcome *outcome)
{
	int status = background ? run_background(argc, argv) : run_foreground(argc, argv);

	if (!background || status != 0) {
		*outcome = (struct outcome){true, status};
	}
}

static struct outcome run_line(char *line)
{
	struct outcome outcome = {false, 0};
	char *words[WORDS_MAX];
	int count = args_split(line, words, WORDS_MAX);
	int first = 0;

	if (count < 0) {
		puts(count == E_INVAL ? "a quote is not closed" : "too many words");
		return (struct outcome){true, 1};
	}
	for (int i = 0; i <= count; i++) {
		bool background = i < count && words[i] == args_background;

		if (i < count && !background && words[i] != args_sequence) {
			continue;
		}
		if (i > first) {
			run_command(i - first, words + first, background, &outcome);
		}
		first = i + 1;
	}
	return outcome;
}

static int run_once(const char *text)
{
	char line[LINE_SIZE];
	struct outcome outcome;
	int waited;

	if (strlcpy(line, text, sizeof(line)) >= sizeof(line)) {
		puts("sh: the line is too long");
		return 1;
	}
	outcome = run_line(line);
	waited = wait_all_jobs();
	return outcome.had_foreground ? outcome.status : waited;
}

static int run_interactive(void)
{
	char line[LINE_SIZE];

	interactive = true;
	puts("Parley. \"help\" lists the commands.");
	for (;;) {
		report_ended_jobs();
		console_set_foreground(0);

		int length = readline("parley$ ", line, sizeof(line));

		if (length >= 0) {
			run_line(line);
		} else if (length != E_INTERRUPTED) {
			puts(length == E_END ? "exit" : status_text(length));
			stdout_drain();
			return length == E_END ? 0 : 1;
		}
	}
}

int main(int argc, char *argv[])
{
	if (argc == 1) {
		return run_interactive();
	}
	if (argc == 3 && strcmp(argv[1], "-c") == 0) {
		int status = run_once(argv[2]);

		stdout_drain();
		return status;
	}
	puts("usage: sh [-c LINE]");
	return 1;
}
