/* Pagers of one's own: processes that page others. */
#pragma once

#include "servers/procmgr/process/table.h"

/* The env of process `pid` in *pager, which `parent` may make the pager of a new child; 0 for pid
 * 0, the pager server. OK; E_BAD_ENV (it does not live), E_PERM (neither `parent` nor a
 * descendant), E_INVAL (on path `self`, or `parent` is none with a pager). */
int ownpager_choose(const struct process *parent, int32_t pid, envid_t *pager);

/* The process is paged by `pager` (0: the pager server) from now on. It was not yet, or by nobody
 * else. */
void ownpager_join(struct process *process, envid_t pager);
/* It is no longer, for it ended. Its pager hears when it was the last. */
void ownpager_leave(struct process *process);
/* It was not started after all. A pager that has been told of having no clients may have seen this
 * one when it looked, so it is told again; one that has not is left to wait for its first. */
void ownpager_take_back(struct process *process);

/* The process's parent is gone: if it is a pager without clients, nobody will give it any. */
void ownpager_orphaned(struct process *process);

/* `env`, which was the process's, is gone: whom it paged gets the pager server, and the log says
 * so. */
void ownpager_ended(struct process *process, envid_t env);

/* The pid of the process's own pager, 0 if it has none. */
int32_t ownpager_pid(const struct process *process);
