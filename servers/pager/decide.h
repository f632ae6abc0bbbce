/* What to do about a page fault, from the fault alone. */
#ifndef PARLEY_SERVERS_PAGER_DECIDE_H
#define PARLEY_SERVERS_PAGER_DECIDE_H

#include "kernel/abi/types.h"

enum pager_action {
	PAGER_RETRY,     /* nothing: the entry already allows the access */
	PAGER_ZERO_FILL, /* map a fresh zero page, writable */
	PAGER_BREAK_COW, /* give the client a page of its own, writable */
	PAGER_NOT_MINE,  /* answer E_FAULT */
};

/* `va` is page aligned, `entry` is the client's page-table entry for it as the client claims,
 * `err` the processor's error code (kernel/abi/page.h, FEC_*). Pure: no side effects. */
enum pager_action decide(vaddr_t va, pte_t entry, uint32_t err);

#endif
