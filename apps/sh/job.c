/* Background programs: which there are, what is said when one ends, `wait` and `fg`. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/time.h"

enum { JOBS_MAX = 512, STATUS_INTERRUPTED = PM_STATUS_KILLED };

struct job {
	pid_t pid;       /* 0: the place is free */
	bool pager;      /* of another program */
	uint32_t number; /* of all that were ever started */
	char name[PM_NAME_MAX];
};

static struct job jobs[JOBS_MAX];

static struct job *find(pid_t pid)
{
	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid == pid) {
			return &jobs[i];
		}
	}
	return NULL;
}

bool job_possible(void)
{
	return find(0) != NULL;
}

void job_add(pid_t pid, const char *name, bool pager)
{
	static uint32_t started;
	struct job *job = find(0);

	job->number = ++started;
	job->pid = pid;
	job->pager = pager;
	strlcpy(job->name, name, sizeof(job->name));
}

void job_forget_all(void)
{
	memset(jobs, 0, sizeof(jobs));
}

/* Prints how a background program ended, and forgets it. */
static void report(const struct process_end *end)
{
	struct job *job = find(end->pid);
	const char *name = job != NULL ? job->name : "?";

	if (end->how == PM_END_FAULT && end->why[0] != '\0') {
		puts(end->why);
	} else if (shell_interactive && end->how == PM_END_KILLED) {
		printf("[%d] %s: killed\n", end->pid, name);
	} else if (shell_interactive) {
		printf("[%d] %s: exit %d\n", end->pid, name, end->status);
	}
	if (job != NULL) {
		job->pid = 0;
	}
}

void job_report_ended(void)
{
	struct process_end end;

	while (wait(0, &end, PM_WAIT_NOHANG) > 0) {
		report(&end);
	}
}

int job_wait_child(pid_t pid, struct process_end *end)
{
	int result;

	stdout_flush();
	if (!shell_in_background) {
		(void)console_set_foreground(pid);
	}
	result = wait(pid, end, 0);
	shell_take_foreground();
	return result;
}

/* A process that does nothing but stand in the foreground while the shell waits for others: Ctrl-C
 * ends this one. Its pid, or an error. */
static pid_t start_stand_in(void)
{
	pid_t pid = fork();

	while (pid == 0) {
		sleep_ms(UINT32_MAX / 1000);
	}
	return pid;
}

/* Pagers end when they have no clients left; one that hangs then does not. */
static void release_pagers(pid_t pid)
{
	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0 && jobs[i].pager && (pid == 0 || jobs[i].pid == pid)) {
			pager_release(jobs[i].pid, jobs[i].name);
		}
	}
}

/* Whether any is left of those that a wait is for: one, or all (0). */
static bool any_left(pid_t pid)
{
	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0 && (pid == 0 || jobs[i].pid == pid)) {
			return true;
		}
	}
	return false;
}

/* Waits for background programs, and reports each. Statuses go to `statuses`, by place in the
 * table. False if Ctrl-C came first. */
static bool wait_for_jobs(pid_t pid, int statuses[JOBS_MAX])
{
	pid_t stand_in = shell_interactive && any_left(pid) ? start_stand_in() : 0;
	struct process_end end = {.pid = 0};

	stdout_flush();
	if (stand_in > 0) {
		(void)console_set_foreground(stand_in);
	}
	while (any_left(pid)) {
		release_pagers(pid);
		if (wait(0, &end, 0) < 0 || end.pid == stand_in) {
			break;
		}
		struct job *job = find(end.pid);
		if (job != NULL) {
			statuses[job - jobs] = end.status;
		}
		report(&end);
	}
	if (stand_in > 0 && end.pid != stand_in) {
		(void)kill(stand_in);
		(void)wait(stand_in, NULL, 0);
	}
	shell_take_foreground();
	return !any_left(pid);
}

int job_wait_all(void)
{
	int statuses[JOBS_MAX] = {0};

	if (!wait_for_jobs(0, statuses)) {
		return STATUS_INTERRUPTED;
	}
	for (int i = 0; i < JOBS_MAX; i++) {
		if (statuses[i] != 0) {
			return statuses[i];
		}
	}
	return 0;
}

/* The job whose number that is, or NULL after a message. */
static struct job *parse_job(const char *command, const char *word)
{
	struct job *job;
	int pid;

	if (!args_number(word, 1, INT32_MAX, &pid)) {
		printf("%s: %s: not a process number\n", command, word);
		return NULL;
	}
	job = find(pid);
	if (job == NULL) {
		printf("%s: %d: %s\n", command, pid, status_text(E_NO_CHILD));
	}
	return job;
}

int job_wait(int argc, char *argv[])
{
	int statuses[JOBS_MAX] = {0};
	const struct job *job;

	if (argc < 2) {
		return job_wait_all();
	}
	job = parse_job(argv[0], argv[1]);
	if (job == NULL) {
		return 1;
	}
	return wait_for_jobs(job->pid, statuses) ? statuses[job - jobs] : STATUS_INTERRUPTED;
}

/* The one that was started last, or NULL after a message. */
static struct job *last_job(void)
{
	struct job *last = NULL;

	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0 && !jobs[i].pager &&
		    (last == NULL || jobs[i].number > last->number)) {
			last = &jobs[i];
		}
	}
	if (last == NULL) {
		puts("fg: there is no background program");
	}
	return last;
}

int job_foreground(int argc, char *argv[])
{
	const struct job *job = argc > 1 ? parse_job(argv[0], argv[1]) : last_job();
	struct process_end end;
	int result;

	if (job == NULL) {
		return 1;
	}
	if (shell_interactive) {
		printf("%s\n", job->name);
	}
	result = job_wait_child(job->pid, &end);
	if (result < 0) {
		printf("fg: %s\n", status_text(result));
		return 1;
	}
	report(&end);
	return end.status;
}
