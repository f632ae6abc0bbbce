/* What the files of the shell share: a builtin, a command, and who runs what.
 *
 *     main.c       lines: reads them, splits them, runs their commands
 *     command.c    one command: what it is, in the foreground or in the background
 *     builtin.c    the table of builtins, and `help`
 *     job.c        background programs, and `wait`
 *     pager.c      pagers that `run -p` started
 *     session.c    how this shell stands to the terminal
 *     others       builtins, one file per topic
 */
#pragma once

#include "libsys/process.h"

enum {
	SHELL_LINE_SIZE = 256,
	SHELL_WORDS_MAX = 64,
	SHELL_STATUS_HIGHEST = 100,
};

struct builtin {
	const char *name, *arguments, *help;
	int (*run)(int argc, char *argv[]); /* NULL: `run`, which becomes the program it runs */
	int least, most;                    /* arguments */
	bool forks; /* runs in a process of its own also in the foreground */
};

/* ---- session.c ---- */

extern bool shell_interactive;
extern bool shell_in_background; /* this is a fork that runs a builtin in the background */
/* Nothing runs in the foreground: the shell itself reads (and Ctrl-C ends the line), or with -c is
 * what Ctrl-C ends. */
void shell_take_foreground(void);

/* ---- builtin.c ---- */

/* NULL: no such builtin. */
const struct builtin *builtin_find(const char *name);
/* Checks the number of arguments, and runs it here. Its status; 1 after a usage line. */
int builtin_run(const struct builtin *builtin, int argc, char *argv[]);

extern const char *const fault_path_names[FAULT_PATHS];

/* ---- command.c: blocking calls; 1 after a message if a command could not be started ---- */

/* Starts a background job: 0. */
int command_background(int argc, char *argv[]);
/* Runs a command to its end. Its status. */
int command_foreground(int argc, char *argv[]);

/* ---- pager.c ---- */

/* Somebody waits for this pager, which `run -p` started: ends it, with a message, if it has no
 * clients left and hangs, so that it will not see that. */
void pager_release(pid_t pid, const char *name);

/* ---- job.c ---- */

/* Whether there is room for one more. */
bool job_possible(void);
/* Remembers a background program; there is room. */
void job_add(pid_t pid, const char *name, bool pager);
/* In a fork of the shell: the children are the parent's. */
void job_forget_all(void);
/* Prints which programs have ended; does not wait. */
void job_report_ended(void);
/* Waits for a child that Ctrl-C may end meanwhile. Its pid or an error. */
int job_wait_child(pid_t pid, struct process_end *end);
/* Waits for all of them, or until Ctrl-C, which ends none. The first status that is not 0, in the
 * order of the table. */
int job_wait_all(void);

/* ---- server.c ---- */

/* Which server has that name, 0: none. */
enum pm_server server_find(const char *name);
/* Prints a row of `ps` for each. */
void server_print_rows(void);

/* ---- sched.c ---- */

/* `ps -s`: how processes and CPUs are scheduled. */
void sched_print(void);

/* ---- Builtins: argc and argv as a main's; the number of arguments is checked. ---- */
int faults_run(int argc, char *argv[]);
int files_cat(int argc, char *argv[]);
int files_ls(int argc, char *argv[]);
int hint_run(int argc, char *argv[]);
int job_foreground(int argc, char *argv[]);
int job_wait(int argc, char *argv[]);
int kill_run(int argc, char *argv[]);
int leave_run(int argc, char *argv[]);
int ps_run(int argc, char *argv[]);
int trace_run(int argc, char *argv[]);
int time_command(int argc, char *argv[]);
int time_sleep(int argc, char *argv[]);
