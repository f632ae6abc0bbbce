/* Families: the envs that a process on fault path `self` forked by itself. */
#ifndef PARLEY_SERVERS_PROCMGR_FAMILY_H
#define PARLEY_SERVERS_PROCMGR_FAMILY_H

#include "servers/procmgr/table.h"

/* The process on path `self` to whose family the env belongs, itself included; NULL: none. */
struct process *family_of(envid_t env);

/* How many envs its family has that live. */
uint32_t family_size(const struct process *process);

/* We have just destroyed an env of the process, which is on path `self`: the envs that it controlled
 * came to us, and are the process's from now on. */
void family_adopt(struct process *process);

/* Stops every env of the process's family, whatever they do meanwhile, so that they can be ended. */
void family_stop(struct process *process);

/* The process is over: nothing that was heard about its envs counts any more. */
void family_forget(const struct process *process);

/* The kernel says that envs of ours died, or that envs of dead ones came to us. */
void family_settle(void);

#endif
