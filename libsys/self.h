/* Fault path `self`: a process that nobody pages. It forks and handles its faults by itself, with
 * the kernel's calls alone; procmgr knows only its first env. Programs do not call this: process.h
 * and fault.h are the same on every path and come here where they must. */
#pragma once

#include "libsys/process.h"
#include "libsys/syscall.h"

/* Set by self_start, and in every copy of who set it. */
extern bool self_started;

/* Whether this env is on the path. Who has a pager touches no memory of its own here. */
static inline bool self_path(void)
{
	return env_page->pager == 0 && self_started;
}

/* Whether this is a forked env of the family, and so no process of procmgr's. */
bool self_forked(void);

/* Called by the start code, before main: from then on faults are handled. */
void self_start(void);

/* Handles a page fault as the pager would: copy on write, zero fill, stack growth. OK, E_FAULT
 * before self_start, or the pager's errors. Runs on the exception stack. */
int self_fault(const struct utrapframe *utf) __attribute__((regparm(1)));

/* What fork, wait, kill and getppid of process.h do here. Forked children have their env ids as
 * pids, above PM_PID_MAX; spawned ones are procmgr's. */
pid_t self_fork(void);
/* A forked child `pid` (0: any) that has ended; 0 if such children all live, E_NO_CHILD if there
 * are none. Does not block. */
pid_t self_wait_now(pid_t pid, struct process_end *end);
/* Lets time pass until a child may have ended; `turn` counts the calls from 0. Blocks. */
void self_pause(uint32_t turn);
int self_kill(pid_t pid);
pid_t self_parent(void);
