/* Putting pages into spaces. Lock held; none blocks. */
#pragma once

#include "kernel/abi/ipc.h"
#include "kernel/abi/page.h"
#include "kernel/abi/types.h"

struct space;

enum {
	PAGE_RIGHTS = PTE_W | PTE_SOFT,
	PAGE_ALLOC_FLAGS = PAGE_RIGHTS | PAGE_COND | PAGE_FILL | PAGE_UNSHARE,
};

/* One side of a run: pages of a space (of physical memory: NULL), and in the low bits of their
 * address the flags that came with it. Adding PGSIZE leads to the next page. */
struct page_side {
	struct space *space;
	vaddr_t va_flags;
};

/* `to` is what changes. */
struct page_run {
	struct page_side to, from;
	uint32_t npages;
	pte_t expect; /* with PAGE_COND */
	pte_t value;  /* of place_mark */
};

/* Does the page at this offset of a run. OK or an error. */
typedef int page_fn(struct page_run *run, uint32_t offset);
page_fn place_fill, place_map, place_unmap,
	place_mark; /* SYS_PAGE_ALLOC, MAP and PHYS, UNMAP, MARK */

/* Runs fn over the pages; settles; pages done or the first one's error. */
int place_run(struct page_run *run, page_fn *fn);

/* SYS_PAGE_ALLOC of one page, with what the call takes from registers; `from`, of whom the caller
 * may have copies, is needed with
 * PAGE_FILL only. OK or an error of the call. The caller settles. */
int place_alloc(struct space *space, vaddr_t va_flags, pte_t expect, const struct space *from,
                vaddr_t from_va);

/* A new frame in the slot, which has room, holding a copy of the page at `source`, or zeros if that
 * is NULL. E_NO_MEM. The caller settles. */
int place_frame(struct space *space, vaddr_t va, pte_t *slot, const pte_t *source, pte_t rights);

/* Moves n pages of `from` into `to`, for IPC, to an address with the rights PTE_W (asked for) and
 * software bits. Copies are fresh frames. Pages moved, or E_FAULT, E_PERM, E_LIMIT, E_NO_MEM. */
int place_send(struct space *from, vaddr_t src, struct space *to, vaddr_t dst_rights, uint32_t n,
               enum ipc_send_mode mode);

/* The fast path of that: one page, mapped or granted, that the sender has with the rights that
 * `mode` says, to where `to` has a page table and no page. `from` is loaded here and must be left
 * at once. False: not of this kind, and nothing has changed. */
bool place_pass(struct space *from, vaddr_t src, uint32_t mode, struct space *to,
                vaddr_t dst_rights);
