/* headstart PROGRAM [ARGUMENT...]: runs a program and is a scheduler for it and all that it starts:
 * those that wait for something now and then get to the head of the queue when it comes, before
 * those that calculate.
 *
 * A scheduler outside the kernel, by hints only. It looks at the public records at every PERIOD and
 * asks procmgr, as an ancestor may, for `next` for those that it has seen waiting. The hints live
 * for a few periods: when this program is killed or stops, what is left is the kernel's round
 * robin; and the kernel's bound on waits holds all the time. */
#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "libsys/time.h"

enum {
	PERIOD_MS = 50,
	HINT_MS = 8 * PERIOD_MS,
	WATCHED_MAX = 256,
	SAMPLES = 8,      /* that count */
	WAITED_LEAST = 2, /* of them: who only calculates never waits */
};

/* A process, as it was seen lately. */
struct watched {
	pid_t pid; /* 0: the place is free */
	envid_t env;
	uint32_t samples; /* a bit each, the newest lowest: 1 it waited */
	uint32_t count;   /* of samples, at most SAMPLES */
	bool present;     /* in this round */
};

static struct watched watched[WATCHED_MAX];

static struct watched *find(pid_t pid)
{
	for (int i = 0; i < WATCHED_MAX; i++) {
		if (watched[i].pid == pid) {
			return &watched[i];
		}
	}
	return NULL;
}

/* The entry of a descendant of ours; a new one if its parent is ourselves or watched. Parents come
 * before their children: pids rise. NULL: none of ours, or no place. */
static struct watched *enter(const struct pm_info *info)
{
	struct watched *entry = find(info->pid);

	if (!entry && (info->parent == getpid() || find(info->parent))) {
		entry = find(0);
		if (entry) {
			*entry = (struct watched){.pid = info->pid, .env = info->env};
		}
	}
	return entry;
}

/* One more look at it: does it wait? */
static void sample(struct watched *entry)
{
	const volatile struct env_info *record = &env_infos[ENV_SLOT(entry->env)];

	entry->samples = entry->samples << 1 | (record->waits != 0);
	entry->count += entry->count < SAMPLES;
}

static void advise(const struct watched *entry)
{
	uint32_t waited = entry->samples & ((1u << SAMPLES) - 1);

	if (entry->count == SAMPLES && __builtin_popcount(waited) >= WAITED_LEAST) {
		(void)process_hint(entry->pid, HINT_NEXT, 1, HINT_MS);
	}
}

static void look_around(void)
{
	struct pm_info info;
	int cursor = 0;

	for (int i = 0; i < WATCHED_MAX; i++) {
		watched[i].present = false;
	}
	while ((cursor = process_next(cursor, &info)) > 0) {
		struct watched *entry = info.state == PM_ZOMBIE ? NULL : enter(&info);

		if (entry) {
			entry->present = true;
			sample(entry);
			advise(entry);
		}
	}
	for (int i = 0; i < WATCHED_MAX; i++) {
		if (!watched[i].present) {
			watched[i].pid = 0;
		}
	}
}

int main(int argc, char *argv[])
{
	struct process_end end;
	pid_t pid, ended;

	if (argc < 2) {
		puts("usage: headstart PROGRAM [ARGUMENT...]");
		return 1;
	}
	pid = spawn(argc - 1, (const char *const *)argv + 1);
	if (pid < 0) {
		printf("headstart: %s: %s\n", argv[1], status_text(pid));
		return 1;
	}
	while ((ended = wait(pid, &end, PM_WAIT_NOHANG)) == 0) {
		look_around();
		sleep_ms(PERIOD_MS);
	}
	return ended == pid ? end.status : 1;
}
