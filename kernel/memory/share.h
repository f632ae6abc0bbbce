/* A range of pages of one space shared with another. */
#pragma once

#include "kernel/abi/types.h"

struct space;

struct share {
	struct space *from, *to;
	vaddr_t from_va, to_va; /* whole pages */
	pte_t keep;             /* software bits: writable entries that have one stay writable */
	pte_t mark;             /* software bits of those that become read only, on both sides */
};

/* Shares npages pages, which lie below UTOP on both sides, as far as SPACE_WORK allows, and settles
 * both spaces. Pages done, absent ones too, or E_LIMIT, E_NO_MEM. Lock held. */
int share_range(const struct share *share, uint32_t npages);
