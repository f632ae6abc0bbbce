/* How many page faults processes had: what the kernel counts for each env (struct fault_counts),
 * summed over a process's envs, those that are gone included. */
#pragma once

#include "servers/procmgr/process/table.h"

/* An env of the process has died with these counts. */
void tally_add(struct process *process, const struct fault_counts *counts);
/* An env of the process is about to be destroyed by us. */
void tally_before_death(struct process *process, envid_t env);
/* The process is forgotten: it counts for its path from now on. */
void tally_forget(const struct process *process);

/* The process's counts. On path `self` they lack envs that an env of the family made, outlived and
 * reaped. */
struct fault_counts tally_of(const struct process *process);
/* Those of all processes of that path that are forgotten. */
struct fault_counts tally_of_forgotten(enum fault_path path);
/* All counts of that path are 0 now. */
void tally_reset(enum fault_path path);
