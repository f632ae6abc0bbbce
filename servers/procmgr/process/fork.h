/* Making a process that is a copy of another. */
#pragma once

#include "servers/procmgr/process/table.h"

/* That we raise at ourselves: some copies are not complete. */
enum { FORK_BIT_AGAIN = 1 << 27 };

/* A copy of a process that waits for the answer to its PM_FORK, with the upcalls given: every page
 * shared, copied before the next write (or really shared, where marked PTE_SHARE). The copy
 * continues in the same call. Its pid; or 0: the copy goes on behind the requests that wait, and
 * the answer is given when it is complete; or an error: E_PERM (the parent has no pager), E_LIMIT,
 * E_NO_ENV, E_NO_MEM, E_AGAIN. Then nothing has changed, but that pages of the parent may wait for
 * a write that makes them writable again. A parent that ends or asks for something else gives the
 * copy up (life_give_up_copy). */
int fork_start(struct process *parent, vaddr_t upcall, vaddr_t xupcall);

/* The bit has come: goes on with one copy, a bounded part. */
void fork_go_on(void);
