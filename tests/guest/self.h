/* For tests of fault path `self`: a test program that runs on path `pager` starts itself there with
 * a word that says what to do. */
#pragma once

#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

struct role {
	const char *name;
	body_fn *body; /* what it does on path `self`; ends with 0 unless it says otherwise */
};

static inline pid_t start_on_self(const char *role)
{
	const char *const argv[] = {program_name, role};
	pid_t pid = spawn_on(FAULT_PATH_SELF, 2, argv);

	if (pid < 0) {
		printf("spawn_on: %s\n", STATUS(pid));
		exit(1);
	}
	return pid;
}

/* In main: does what argv[1] says, and returns only if there is none. */
static inline void play_role(int argc, char *argv[], const struct role *roles, int nroles)
{
	for (int i = 0; argc > 1 && i < nroles; i++) {
		if (strcmp(argv[1], roles[i].name) == 0) {
			CHECK_EQ(env_page->pager, 0);
			roles[i].body();
			exit(0);
		}
	}
	CHECK_EQ(argc, 1);
}

static inline void check_role(const char *role, int status)
{
	struct process_end end = end_of(start_on_self(role));

	if (end.how != PM_END_EXIT || end.status != status) {
		printf("%s ended with %d, not %d; %s\n", role, end.status, status, end.why);
		exit(1);
	}
}

/* Envs and frames are those of `before` again, soon: what dies elsewhere may still be on its
 * way. */
static inline void check_all_back(const struct sysinfo *before, const char *what)
{
	struct sysinfo after;

	for (int ms = 0; ms < 2000; ms++) {
		after = settled_info();
		if (after.envs == before->envs && after.frames_free == before->frames_free) {
			return;
		}
		sleep_ms(1);
	}
	printf("%s: %u envs and %u free frames, %u and %u before\n", what, after.envs,
	       after.frames_free, before->envs, before->frames_free);
	exit(1);
}

static inline struct pm_info info_of(pid_t pid)
{
	struct pm_info info = {0};

	CHECK_EQ(process_next(pid - 1, &info), pid);
	return info;
}
