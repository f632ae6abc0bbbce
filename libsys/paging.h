/* What a page-table entry means to whoever handles a process's page faults: the pager for its
 * clients, or on path `self` the process for itself. */
#pragma once

#include "kernel/abi/types.h"

enum paging_action {
	PAGING_RETRY,     /* nothing: the entry already allows the access */
	PAGING_ZERO_FILL, /* map a fresh zero page, writable */
	PAGING_BREAK_COW, /* give the process a page of its own, writable */
	PAGING_IMAGE_MAP, /* map the program's page and some after it, as they are in the archive */
	PAGING_IMAGE_COPY, /* map a copy of the program's page, writable */
	PAGING_LOST,       /* nothing can be done: another pager kept the page */
	PAGING_NOT_OURS,   /* a fault of the program's */
};

/* `va` is page aligned, `entry` is the process's page-table entry for it as it was seen, `err` the
 * processor's error code (kernel/abi/page.h, FEC_*). Pure: no side effects. */
enum paging_action paging_decide(vaddr_t va, pte_t entry, uint32_t err);

/* Does that to a page of `env` (0: the caller), where the entry is still as it was seen, by one
 * system call at most; changes the own env page's `expect`. OK: the access may work now. E_FAULT:
 * not ours. E_NO_MEM, E_LIMIT, E_LOST: ours, but there is no page to give. Does not block. */
int paging_handle(envid_t env, vaddr_t va, pte_t entry, uint32_t err);

/* The same decision as the answer to a fault that the kernel reported: w holds that message
 * (FAULT_OP, kernel/abi/ipc.h), then the reply; how many words that has. The kernel does the
 * rest. */
uint32_t paging_answer(envid_t env, uint32_t w[3]);

/* The boot archive is at this address of ours; a read of a program's page brings up to `around`
 * pages. Without an archive (size 0, as from the start) programs' pages are not ours. */
void paging_set_archive(vaddr_t start, uint32_t size, uint32_t around);
