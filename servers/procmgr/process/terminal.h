/* Whose the terminal is. */
#pragma once

#include "servers/procmgr/process/table.h"

/* `who` says that `target` (NULL: nobody) is in the foreground, and owns the terminal from now on.
 * OK; E_PERM: the terminal is not his, or the target neither he nor below him. */
int terminal_take(struct process *who, const struct process *target);

/* Whether the keys are the process's. `own`: its own env asks, not one that this one forked by
 * itself. */
bool terminal_may_read(const struct process *process, bool own);

/* Nobody is in the foreground any more. Who was, if he lives; else NULL. */
struct process *terminal_interrupt(void);

/* Some of the living children of the process are nobody's from now on, so they are not below who is
 * in the foreground any more. */
void terminal_children_left(const struct process *process);

/* The own env of a process with had_terminal is gone: the terminal, if it owned that, is that of
 * whom it descends from, or of who owned it before. */
void terminal_process_ended(const struct process *process);
