/* For tests of pagers of one's own: the test program plays the client itself, as another
 * instance. */
#pragma once

#include "libsys/args.h"
#include "libsys/pager.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

/* The paths on which a process can have a pager. */
static const enum fault_path paged_paths[] = {FAULT_PATH_PAGER, FAULT_PATH_IPC};
enum { PAGED_PATHS = sizeof(paged_paths) / sizeof(paged_paths[0]) };

/* A program with one argument, and our env id as its second; its pid. */
static inline pid_t start_paged(pid_t pager, enum fault_path path, const char *program,
                                const char *argument)
{
	char parent[12];
	const char *const words[] = {program, argument, parent};

	snprintf(parent, sizeof(parent), "%d", env_page->id);

	pid_t pid = spawn_paged(pager, path, 3, words);

	if (pid < 0) {
		printf("spawn_paged %s: %s\n", program, STATUS(pid));
		exit(1);
	}
	return pid;
}

static inline pid_t start_quiet_pager(void)
{
	const char *const words[] = {"logpager", "-q"};
	pid_t pid = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);

	CHECK(pid > 0);
	return pid;
}

/* A zippager that serves, and leaves each client as few pages as it may. */
static inline pid_t start_zippager(void)
{
	const char *const words[] = {"zippager", "8"};
	pid_t pid = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);

	CHECK(pid > 0);
	CHECK_EQ(pager_await(pid, 5000), OK);
	return pid;
}

static inline _Noreturn void sleep_for_ever(void)
{
	for (;;) {
		sleep_ms(1000000);
	}
}

static inline envid_t env_of_argument(const char *argument)
{
	int env;

	CHECK(args_number(argument, 1, INT32_MAX, &env));
	return env;
}

/* A word to and from another process of the test. */
static inline void tell(envid_t to, uint32_t word)
{
	struct ipc_msg msg = {.w = {word}, .nwords = 1};

	CHECK(ipc_send(to, &msg, 0) >= 0);
}

static inline envid_t hear(uint32_t word)
{
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(msg.w[0], word);
	return msg.from;
}

static inline struct pm_info info_of(pid_t pid)
{
	struct pm_info info = {.pid = 0};

	CHECK(process_next(pid - 1, &info) > 0);
	CHECK_EQ(info.pid, pid);
	return info;
}

static inline void check_ended(pid_t pid, int status)
{
	struct process_end end = end_of(pid);

	if (end.how != PM_END_EXIT || end.status != status) {
		printf("process %d ended with %d, %s\n", pid, end.status, end.why);
		exit(1);
	}
}
