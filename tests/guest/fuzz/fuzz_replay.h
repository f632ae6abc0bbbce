/* Processes that make calls (fuzz_call.h) on lanes (fuzz.h); and lists of calls to be made again,
 * as scripts/fuzz prints them when it has found the few that a failure needs. */
#pragma once

#include "tests/guest/fuzz/fuzz.h"
#include "tests/guest/fuzz/fuzz_call.h"

#define FUZZ_WORK 0xB0000000u /* pages to work with */

int fork_env(uint32_t eax, int (*complete)(envid_t child)); /* nasm/user/fork.asm */

/* A copy of the process that procmgr knows nothing of, as on path `self`. */
static inline int fuzz_complete(envid_t child)
{
	int status = sys_env_set(child, ENV_UPCALL, env_page->upcall);

	if (status >= 0) {
		status = sys_env_set(child, ENV_XUPCALL, env_page->xupcall);
	}
	if (status >= 0) {
		status = page_share_all(0, PTE_SHARE, child, PTE_COW, USTACKTOP / PGSIZE);
	}
	if (status >= 0) {
		status = sys_page_fill(child, (UXSTACKTOP - PGSIZE) | PTE_W, 0, UXSTACKTOP - PGSIZE,
		                       1);
	}
	return status < 0 ? status : sys_env_set(child, ENV_RUN, 1);
}

static inline void fuzz_begin_calls(uint32_t lane)
{
	envid_t self = env_page->id;

	fuzz_others[0] = process_manager;
	fuzz_others[1] = process_server(PM_SERVER_PAGER);
	fuzz_others[2] = process_server(PM_SERVER_CONSOLE);
	fuzz_others[3] = fuzz_innocent;
	fuzz_lane_env = fuzz_env_of;
	(void)sys_page_alloc(0, FUZZ_WORK | PTE_W, PAGE_FILLS_MAX);
	(void)fork_env(SYS_ENV_FORK, fuzz_complete);
	if (env_page->id == self) {
		fuzz_call_prepare();
		return;
	}
	fault_know_manager(process_manager);
	fuzz_call_prepare();
	fuzz_work(lane + FUZZ_LANES);
	fuzz_end_env(0);
}

struct fuzz_list {
	uint32_t lane, ncalls;
	const struct fuzz_call *calls;
};
#define FUZZ_LIST(lane, calls) lane, sizeof(calls) / sizeof((calls)[0]), calls

static const struct fuzz_list *fuzz_lists;
static uint32_t fuzz_nlists;

static inline void fuzz_step_list(uint32_t lane, uint32_t step)
{
	for (uint32_t i = 0; i < fuzz_nlists; i++) {
		if (fuzz_lists[i].lane == lane && step < fuzz_lists[i].ncalls) {
			fuzz_call_do(&fuzz_lists[i].calls[step]);
		}
	}
}

/* One round with these; ends the program where something is not as it must be. */
static inline int fuzz_replay(const struct fuzz_list *lists, uint32_t n)
{
	uint32_t most = 0;

	fuzz_lists = lists;
	fuzz_nlists = n;
	fuzz.lanes = 0;
	fuzz.only = 0;
	for (uint32_t i = 0; i < n; i++) {
		fuzz.lanes |= 1u << lists[i].lane;
		most = lists[i].ncalls > most ? lists[i].ncalls : most;
	}
	fuzz_run(fuzz_begin_calls, fuzz_step_list, most);
	return 0;
}
#define FUZZ_REPLAY(lists) fuzz_replay(lists, sizeof(lists) / sizeof((lists)[0]))
