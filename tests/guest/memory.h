/* What tests of memory and processes share: page entries, free frames, children
 * that must end in a certain way, and bare envs, which run a function of the
 * test itself on another CPU. */
#pragma once

#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

/* Addresses that nothing else uses: above the heap, below the stack, each with
 * page tables of its own. */
#define AREA 0xA0000000u
#define OTHER 0xB0000000u
#define BARE_STACK 0xC0000000u

#define WORDS (PGSIZE / 4)

static inline volatile uint32_t *words_at(vaddr_t va)
{
	return (volatile uint32_t *)va;
}

/* ---- entries ---- */

static inline pte_t entry_in(envid_t env, vaddr_t va, uint32_t *mappings)
{
	pte_t entry = 0;

	*mappings = 0;
	CHECK_EQ(sys_page_query(env, va, &entry, mappings), OK);
	return entry;
}

static inline pte_t entry_of(vaddr_t va)
{
	uint32_t mappings;

	return entry_in(0, va, &mappings);
}

static inline uint32_t mappings_of(vaddr_t va)
{
	uint32_t mappings;

	entry_in(0, va, &mappings);
	return mappings;
}

/* What user level may set in an entry. */
static inline pte_t rights_of(pte_t entry)
{
	return entry & (PTE_P | PTE_W | PTE_SOFT);
}

/* ---- accounts ---- */

/* Waits until no space is being torn down. The process manager destroys what envs the dead left
 * behind before it answers its next request, so it is asked something first. */
static inline struct sysinfo settled_info(void)
{
	struct sysinfo info;

	(void)getpid();
	CHECK_EQ(sys_sysinfo(&info), OK);
	while (info.dying != 0) {
		sys_yield();
		CHECK_EQ(sys_sysinfo(&info), OK);
	}
	return info;
}

static inline uint32_t free_frames(void)
{
	return settled_info().frames_free;
}

static inline uint32_t count_processes(void)
{
	struct pm_info info;
	uint32_t count = 0;

	for (int cursor = 0; (cursor = process_next(cursor, &info)) > 0;) {
		count++;
	}
	return count;
}

/* ---- child processes ---- */

typedef void body_fn(void);

/* A child that runs body and ends with 0. */
static inline pid_t start_child(body_fn *body)
{
	pid_t pid = fork();

	if (pid < 0) {
		printf("fork: %s\n", STATUS(pid));
		exit(1);
	}
	if (pid == 0) {
		body();
		exit(0);
	}
	return pid;
}

static inline struct process_end end_of(pid_t pid)
{
	struct process_end end = {.why = ""};

	CHECK_EQ(wait(pid, &end, 0), pid);
	return end;
}

/* body's own checks all held. */
static inline void check_child(body_fn *body)
{
	struct process_end end = end_of(start_child(body));

	if (end.how != PM_END_EXIT || end.status != 0) {
		printf("child ended with %d, %s\n", end.status, end.why);
		exit(1);
	}
}

/* body does not end by itself, and the reason given contains this text. */
static inline void check_child_faults(body_fn *body, const char *why)
{
	struct process_end end = end_of(start_child(body));

	if (end.how != PM_END_FAULT || end.status != PM_STATUS_FAULT ||
	    strstr(end.why, why) == NULL) {
		printf("child ended with %d, how %d, \"%s\"; expected: \"%s\"\n", end.status,
		       end.how, end.why, why);
		exit(1);
	}
}

/* ---- bare envs ---- */

extern char end[]; /* of bss; from the linker */

/* A stopped env with nothing mapped. */
static inline envid_t bare_empty(uint32_t limit)
{
	envid_t env = sys_env_fork(0, limit);

	if (env <= 0) {
		printf("env_fork: %s\n", STATUS(env));
		exit(1);
	}
	CHECK_EQ(sys_env_set(env, ENV_FAULTS, FAULTS_UPCALL), OK);
	return env;
}

/* A stopped env that has all of this program's memory in common with it, a
 * stack page of its own, and will run entry, which must never return. It has no
 * pager's help: a fault ends it. */
static inline envid_t bare_stopped(void (*entry)(void))
{
	envid_t env = bare_empty(512);
	struct env_regs regs = {.eip = (vaddr_t)entry, .esp = BARE_STACK + PGSIZE - 16};

	for (vaddr_t va = UTEXT; va < (vaddr_t)end; va += PGSIZE) {
		(void)*(volatile char *)va; /* bring it in, and after a fork make it ours */
		if (uvpt[va >> PGSHIFT] & PTE_COW) {
			*(volatile char *)va = *(volatile char *)va;
		}
		CHECK_EQ(sys_page_map(0, va, env, va | (uvpt[va >> PGSHIFT] & PTE_W), 1), 1);
	}
	CHECK_EQ(sys_page_alloc(env, BARE_STACK | PTE_W, 1), 1);
	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	return env;
}

static inline void bare_run(envid_t env)
{
	CHECK_EQ(sys_env_set(env, ENV_RUN, 1), OK);
}

static inline void bare_destroy(envid_t env)
{
	CHECK_EQ(sys_env_destroy(env, 0), OK);
}

/* After sys_env_set(0, ENV_DEATHS, 1): waits for the next env of ours that dies
 * by itself. */
static inline struct env_death next_death(void)
{
	struct env_death death;
	struct ipc_msg msg;

	while (sys_env_reap(&death) != OK) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	}
	return death;
}
