/* The end of processes: exit, kill, fault, and who is told. */
#ifndef PARLEY_SERVERS_PROCMGR_LIFE_H
#define PARLEY_SERVERS_PROCMGR_LIFE_H

#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "servers/procmgr/table.h"

/* The one way in which a living process ends. Destroys its env, gives its children to nobody, and
 * answers its parent if that waits; without a parent the process is forgotten at once, and
 * why it ended goes to the log. The end of the first process is the end of the machine. */
void life_end(struct process *process, const struct ending *ending);

/* What an env's own death, as the kernel tells it, means for the process. */
struct ending life_ending_of_death(const struct env_death *death);

struct ending life_ending_by_exit(int status);
struct ending life_ending_by_kill(int status);

/* Waits in the name of `parent` for child `pid` (0: any). True: *answer is the answer to give,
 * about a child that has ended, or an error. False: the answer comes by itself later. */
bool life_wait(struct process *parent, int32_t pid, uint32_t flags, struct ipc_msg *answer);

/* A process asks for something: so it does not wait any more. */
void life_stop_waiting(struct process *process);

#endif
