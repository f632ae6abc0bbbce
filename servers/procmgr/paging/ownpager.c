/* Pagers of one's own: processes that page others.
 *
 * Who asks for a process may name the one that pages it; forks keep it. Nothing else here knows how
 * it pages: that is between it and the kernel, which gives it the right to its clients' memory and
 * refuses rings.
 *
 *     process->pager      its pager's env; 0: the pager server (or nobody, on path `self`)
 *     process->clients    how many processes have it as pager
 *
 * Both ends are followed. When the last client of a pager is gone it gets a bit, so that it can
 * end; that is a notice, which waits for nobody. When a pager is gone, in whatever way, its clients
 * get the pager server: a fault that waits is delivered again, and pages that only the dead one
 * could have brought end those who touch them (PTE_KEPT). */
#include "servers/procmgr/paging/ownpager.h"
#include "kernel/abi/status.h"
#include "libsys/stdio.h"
#include "libsys/syscall.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/server/server.h"

int ownpager_choose(const struct process *parent, int32_t pid, envid_t *pager)
{
	*pager = 0;
	if (pid == 0) {
		return OK;
	}
	const struct process *process = table_by_pid(pid);
	if (!process || process->env == 0) {
		return E_BAD_ENV;
	}
	if (process != parent && !table_is_ancestor(parent, process)) {
		return E_PERM;
	}
	if (process->path == FAULT_PATH_SELF) {
		return E_INVAL; /* its forks could not be told from it */
	}
	*pager = process->env;
	return OK;
}

void ownpager_join(struct process *process, envid_t pager)
{
	struct process *paging = pager != 0 ? table_by_env(pager) : NULL;

	process->pager = pager;
	if (paging) {
		paging->clients++;
	}
}

/* The next process after `process` (NULL: the first) with this pager. Not for every process that
 * comes or goes with another: there may be many of these, too. */
static struct process *next_client(const struct process *process, envid_t pager)
{
	struct process *next = table_after(process ? process->pid : 0);

	while (next && next->pager != pager) {
		next = table_after(next->pid);
	}
	return next;
}

/* Its pager, if that has no clients any more. */
static struct process *drop_client(struct process *process)
{
	struct process *paging;

	if (process->pager == 0) {
		return NULL;
	}
	paging = table_by_env(process->pager); /* NULL: dead, and we have not heard of that */
	process->pager = 0;
	return paging && --paging->clients == 0 ? paging : NULL;
}

static void tell_no_clients(struct process *paging)
{
	paging->told_no_clients = true;
	(void)sys_notify(paging->env, PM_NOTIFY_NO_CLIENTS);
}

void ownpager_take_back(struct process *process)
{
	struct process *paging = drop_client(process);

	if (paging && paging->told_no_clients) {
		tell_no_clients(paging);
	}
}

void ownpager_leave(struct process *process)
{
	struct process *paging = drop_client(process);

	if (paging) {
		tell_no_clients(paging);
	}
}

void ownpager_orphaned(struct process *process)
{
	if (process->env != 0 && process->clients == 0) {
		tell_no_clients(process);
	}
}

void ownpager_ended(struct process *process, envid_t env)
{
	char line[PM_BYTES_MAX];
	uint32_t count = 0;

	process->told_no_clients = false;
	if (process->clients == 0 || env == 0) {
		return;
	}
	process->clients = 0;
	for (struct process *client = NULL; (client = next_client(client, env)); count++) {
		client->pager = 0;
	}
	if (count == 0) {
		return;
	}
	server_pager_died();
	snprintf(line, sizeof(line), "procmgr: %s[%d] is gone; the pager server pages its %u %s",
	         process->program->name, process->pid, count, count == 1 ? "client" : "clients");
	log_line(line);
}

int32_t ownpager_pid(const struct process *process)
{
	const struct process *pager = process->pager != 0 ? table_by_env(process->pager) : NULL;

	return pager ? pager->pid : 0;
}
