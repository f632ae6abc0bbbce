/* The end of processes: exit, kill, fault, and who is told. */
#pragma once

#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "servers/procmgr/process/table.h"

/* A living process ends by its own doing: it asked to, or nobody handled its fault. Destroys its
 * env, gives its children to nobody, and answers its parent if that waits; without a parent the
 * process is forgotten at once, and why it ended goes to the log. On path `self` this waits until
 * the last env of its family has ended. When no process that was started at boot is left the
 * machine ends. */
void life_end(struct process *process, const struct ending *ending);

/* The same from outside, and at once: ends its whole family. */
void life_kill(struct process *process, const struct ending *ending);

/* Whether a process has no env any more, and has not been finished. On path `self` somebody must
 * have looked for heirs (family.c). */
bool life_is_over(const struct process *process);
/* Its end, then: its parent is told, or it is forgotten. */
void life_finish(struct process *process);

/* An env of the process died by itself. `ending` counts if it was the process's own. */
void life_env_died(struct process *process, envid_t env, const struct ending *ending);

/* What an env's own death, as the kernel tells it, means for the process. */
struct ending life_ending_of_death(const struct env_death *death);

struct ending life_ending_by_exit(int status);
struct ending life_ending_by_kill(int status);

/* Waits in the name of `parent`, or an env of its family that is `guardian` of processes, for child
 * `pid` (0: any). True: *answer is the answer to give, an error or that none has ended.
 * False: the answer was given, or comes by itself later. */
bool life_wait(struct process *parent, envid_t guardian, int32_t pid, uint32_t flags,
               struct ipc_msg *answer);

/* A process, or an env of its family, asks for something: so it does not wait any more. */
void life_stop_waiting(struct process *process, envid_t guardian);

/* It has given up the fork that it waited for, if it did, or that failed: the copy is undone, as if
 * there had been none. One that somebody ended is a child that has ended. */
void life_give_up_copy(struct process *parent);

/* Forgets children that have ended, but whose guardian has too. */
void life_forget_unwanted(struct process *process);
