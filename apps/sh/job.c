/* Background programs: which there are, and what is said when one ends. */
#include "apps/sh/sh.h"
#include "libsys/args.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

enum { JOBS_MAX = 64 };

struct job {
	pid_t pid;  /* 0: the place is free */
	bool pager; /* of another program */
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
	struct job *job = find(0);

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
		console_set_foreground(pid);
	}
	result = wait(pid, end, 0);
	if (!shell_in_background) {
		console_set_foreground(0);
	}
	return result;
}

/* Waits for background program `pid`. Its status; 1 if there is no such child. */
static int wait_one(pid_t pid)
{
	const struct job *job = find(pid);
	struct process_end end;
	int result;

	if (job != NULL && job->pager) {
		command_release_pager(pid, job->name);
	}
	result = job_wait_child(pid, &end);
	if (result < 0) {
		printf("wait: %d: %s\n", pid, status_text(result));
		return 1;
	}
	report(&end);
	return end.status;
}

int job_wait_all(void)
{
	int first = 0;

	for (int i = 0; i < JOBS_MAX; i++) {
		if (jobs[i].pid != 0) {
			int status = wait_one(jobs[i].pid);

			jobs[i].pid = 0;
			first = first != 0 ? first : status;
		}
	}
	return first;
}

int job_wait(int argc, char *argv[])
{
	int pid;

	if (argc < 2) {
		return job_wait_all();
	}
	if (!args_number(argv[1], 1, INT32_MAX, &pid)) {
		printf("wait: %s: not a process number\n", argv[1]);
		return 1;
	}
	return wait_one(pid);
}
