/* Making processes that run a program: spawn, exec. */
#pragma once

#include "servers/procmgr/image/load.h"
#include "servers/procmgr/process/table.h"

/* What is chosen for a new process. */
struct start {
	enum fault_path path;
	envid_t pager;     /* the process that pages it (ownpager.h); 0: the pager server */
	bool pages_others; /* it is started to page others */
	envid_t guardian;  /* the env of the parent's family that may wait for it; 0: its own */
};

/* A new process that runs the program named by the first argument. Its pid, or E_INVAL, E_TOO_BIG,
 * E_NOT_FOUND, E_BAD_EXE, E_LIMIT, E_NO_ENV, E_NO_MEM, E_DEAD (the pager is gone for good): then
 * nothing has changed. */
int start_spawn(struct process *parent, const struct start *how, const struct arguments *arguments);

/* The same, but its env does not run yet. */
int start_stopped(struct process *parent, const struct start *how,
                  const struct arguments *arguments, struct process **child);

/* Gives the process another program, on the same path, with the same pager. OK, or the same errors
 * and the process as it was. */
int start_exec(struct process *process, const struct arguments *arguments);
