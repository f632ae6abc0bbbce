/* Copies of processes.
 *
 *     fork_start                      fork_go_on                     fork_go_on
 *     table, stopped env, first part --------------> further parts --------------> env runs, answer
 *        |                                              |
 *        +----------------------------------------------+---> undone: life_give_up_copy
 *
 * A space may be as wide as its owner likes: marks (PTE_ZERO_FILL) cost him only their tables. So a
 * request copies a bounded part, which is all of a usual program, and the rest goes on by parts:
 * one at a time, of one process after another, each behind the requests that wait.
 *
 * The parent waits for its answer all the while, so the copy is of one moment. What the parent's
 * pager does meanwhile is as if it came before or after. The copy is a process like any other, but
 * stopped: its ancestors may see it, limit it and end it, and then its parent hears of a child that
 * has ended already. */
#include "servers/procmgr/process/fork.h"
#include "kernel/abi/env.h"
#include "kernel/abi/status.h"
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "servers/procmgr/look/trace.h"
#include "servers/procmgr/paging/ownpager.h"
#include "servers/procmgr/process/life.h"

_Static_assert((FORK_BIT_AGAIN & (IPC_BIT_STANDSTILL | PM_NOTIFY_LOG | PM_NOTIFY_NO_CLIENTS)) == 0,
               "a bit with one meaning");

#define EXCEPTION_STACK (UXSTACKTOP - PGSIZE)

enum {
	PART_CALLS = 32, /* SYS_PAGE_SHARE: 1,024 entries each, some 17,000 instructions */
	PAGES = USTACKTOP / PGSIZE,
};

/* Of the parent whose copy went on last. */
static int32_t last_pid;

/* The exception stack is never shared: the child gets a copy, or none if the parent has none. */
static int copy_exception_stack(envid_t parent, envid_t child)
{
	int status = sys_page_fill(child, EXCEPTION_STACK | PTE_W, parent, EXCEPTION_STACK, 1);

	return status == E_FAULT ? OK : status;
}

/* The next part of the pages. OK, also if that was not all; or an error. */
static int copy_part(struct process *parent)
{
	envid_t from = parent->env, to = parent->copy->env;

	for (int call = 0; call < PART_CALLS && parent->copied < PAGES; call++) {
		vaddr_t va = parent->copied * PGSIZE;
		int done = sys_page_share(from, va | PTE_SHARE, to, va | PTE_COW,
		                          PAGES - parent->copied);

		if (done < 0) {
			return done;
		}
		parent->copied += (uint32_t)done;
	}
	return parent->copied < PAGES ? OK : copy_exception_stack(from, to);
}

/* What fork_start returns. */
static int go_on(struct process *parent)
{
	struct process *child = parent->copy;
	bool ended = child->state == PM_ZOMBIE;
	int status = ended ? OK : copy_part(parent);

	if (status < 0) {
		life_give_up_copy(parent);
		return status;
	}
	if (!ended && parent->copied < PAGES) {
		(void)sys_notify(0, FORK_BIT_AGAIN);
		return 0;
	}

	/* ---- commit: nothing below can fail ---- */
	parent->copy = NULL;
	if (!ended) {
		(void)sys_env_set(child->env, ENV_RUN, 1);
	}
	return child->pid;
}

/* The pager comes with the copied env. */
static int set_upcalls(envid_t env, vaddr_t upcall, vaddr_t xupcall)
{
	int status = sys_env_set(env, ENV_UPCALL, upcall);

	return status < 0 ? status : sys_env_set(env, ENV_XUPCALL, xupcall);
}

int fork_start(struct process *parent, vaddr_t upcall, vaddr_t xupcall)
{
	struct process *child;

	if (parent->path == FAULT_PATH_SELF) {
		return E_PERM; /* who has no pager forks by itself */
	}
	int status = table_add(parent, parent->program, &child);
	if (status < 0) {
		return status;
	}
	child->path = parent->path;
	ownpager_join(child, parent->pager);
	envid_t env = sys_env_fork_labelled(parent->env, child->limit_pages, child->label);
	if (env < 0) {
		ownpager_take_back(child);
		table_remove(child);
		return env;
	}
	table_set_env(child, env);
	trace_name(child);
	parent->copy = child;
	parent->copied = 0;
	status = set_upcalls(env, upcall, xupcall);
	if (status < 0) {
		life_give_up_copy(parent);
		return status;
	}
	return go_on(parent);
}

static struct process *first_forking(struct process *process)
{
	while (process && !process->copy) {
		process = process->next_pid;
	}
	return process;
}

void fork_go_on(void)
{
	/* What is left of this slice is of whose request was served last. It is for him. */
	sys_yield();
	struct process *parent = first_forking(table_after(last_pid));

	if (!parent) {
		parent = first_forking(table_after(0));
	}
	if (!parent) {
		return;
	}
	last_pid = parent->pid;
	struct ipc_msg answer = {.w = {(uint32_t)go_on(parent)}, .nwords = 3};
	if (answer.w[0] != 0) {
		(void)ipc_reply(parent->env, &answer);
		(void)sys_notify(0, FORK_BIT_AGAIN); /* there may be others */
	}
}
