/* The process table. */
#pragma once

#include "kernel/abi/types.h"
#include "protocols/procmgr.h"
#include "servers/procmgr/image/archive.h"

/* The constants that bound what processes may take. */
enum {
	PROCESS_MAX = 1000,         /* processes, the dead that nobody has waited for included */
	PROCESS_KEPT = 16,          /* of these, kept for children of the first process */
	PROCESS_CHILDREN = 256,     /* default limit of children per process, the dead included */
	PROCESS_ENVS = 64,          /* envs that a process may create itself, offspring included */
	PROCESS_MEMORY_PART = 2,    /* default limit of pages: free frames at start / this */
	PROCESS_DEADLINE_MS = 5000, /* default deadline of a page fault */
};

struct child_list {
	struct process *first, *last;
};

/* How and why a process ended. */
struct ending {
	enum pm_end how;
	int status;
	int reason;      /* PM_END_FAULT: E_FAULT, or what kept the fault from being handled */
	uint32_t vector; /* PM_END_FAULT: 14 is a page fault, with va and err */
	vaddr_t va;
	uint32_t err;
	vaddr_t ip;
	bool stack_full; /* PM_END_FAULT: there was no room to deliver it on the exception stack */
	envid_t pager;   /* E_TIMEOUT: who did not answer (0: not known) ... */
	uint32_t deadline_ms; /* ... in this time */
};

struct process {
	int32_t pid;    /* 0: the slot is free */
	uint32_t label; /* of all its envs, in their records; no other process had or has it */
	enum pm_state state;
	enum fault_path path;
	bool boot;                  /* the machine ends when no such process is left */
	envid_t env;                /* 0: not yet, or no longer */
	uint32_t envs;              /* that we control: its own, and on path `self` its heirs */
	uint32_t heir_ended;        /* the last look that ended an heir of it (family.c) */
	const struct file *program; /* what it runs */
	uint32_t limit_pages, limit_children;
	bool limited;               /* limit_pages was set: it counts on path `self`, too */
	uint32_t deadline_ms;       /* of an answer to a page fault; 0: none */
	bool pages_others;          /* that is what it was started for */
	bool told_no_clients;       /* as a pager, once at least */
	envid_t pager;              /* a process that pages it (ownpager.h); 0: the pager server */
	uint32_t clients;           /* processes that have it as pager (ownpager.c) */
	uint32_t lender;            /* who owned the terminal before it; see terminal.c */
	bool had_terminal;          /* it owned the terminal once (terminal.c) */
	int32_t wait_for;           /* PM_WAITING: the child's pid, 0 any */
	struct ending ending;       /* PM_ZOMBIE */
	struct fault_counts faults; /* of its envs that are gone; see tally.c */

	struct process *copy; /* the child that is being made of it; NULL: none (fork.c) */
	uint32_t copied;      /* how many of its pages were looked at for that */

	struct process *parent;          /* NULL: nobody waits for it */
	envid_t guardian;                /* the env of the parent's family that may; 0: its own */
	struct child_list living, ended; /* its children; `ended` in the order of their ends */
	uint32_t children;               /* in both lists */
	struct process *next, *previous; /* in a list of the parent's; next free slot */
	struct process *next_same_hash;
	struct process *next_pid, *previous_pid; /* of all processes, by rising pid */
};

/* `limit_pages`, `deadline_ms`: those of processes without parents. */
void table_init(uint32_t limit_pages, uint32_t deadline_ms);

/* A new living child of `parent` (NULL: of nobody) with a pid, its parent's limits and no env, in
 * *child. E_LIMIT (parent has all the children that it may have), E_NO_ENV (the table is full). */
int table_add(struct process *parent, const struct file *program, struct process **child);

/* Frees the slot. The process has no envs and no children any more. */
void table_remove(struct process *process);

/* Moves a living child to its parent's list of ended ones. */
void table_move_to_ended(struct process *process);

/* Makes nobody the parent. */
void table_orphan(struct process *process);

/* Says which env the process is from now on; 0 none. */
void table_set_env(struct process *process, envid_t env);
/* Adds an env to the process, or takes one away, if it is there. */
void table_add_env(struct process *process, envid_t env);
void table_drop_env(struct process *process, envid_t env);
/* Takes all away, its own too. */
void table_drop_envs(struct process *process);

/* The process that is this env; NULL if there is none. */
struct process *table_by_env(envid_t env);
/* The process that has this env. */
struct process *table_by_any_env(envid_t env);
/* The process whose envs have this label; NULL if it is no more. */
struct process *table_by_label(uint32_t label);

/* NULL if there is none. */
struct process *table_by_pid(int32_t pid);
/* The process with the lowest pid above `pid`. */
struct process *table_after(int32_t pid);

/* The process that was made first, while it lives. */
struct process *table_first(void);

bool table_is_ancestor(const struct process *ancestor, const struct process *process);
