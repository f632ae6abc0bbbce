/* Page faults that come to procmgr because a pager is gone. */
#pragma once

#include "servers/procmgr/process/table.h"

/* The env cannot reach its pager: sees to it that it has one that lives. OK: it may run its
 * instruction again. E_DEAD: there is none and will be none. */
int fault_find_pager(envid_t env);

/* The ending of a process with this env, for a page fault that was not handled for this reason; its
 * struct utrapframe lies at `frame_va`, or so it says. */
struct ending fault_ending_unhandled(envid_t env, vaddr_t frame_va, int reason);
