/* The page calls (kernel/abi/syscall.h): runs of pages in spaces that the caller may page. */
#ifndef PARLEY_KERNEL_CALL_PAGECALL_H
#define PARLEY_KERNEL_CALL_PAGECALL_H

#include "kernel/abi/ipc.h"
#include "kernel/abi/types.h"

struct env;
struct space;

/* Each takes the caller, whose registers hold the arguments; returns the number of pages done or an error. Lock held; none blocks. */
int pagecall_alloc(struct env *env);
int pagecall_map(struct env *env);
int pagecall_unmap(struct env *env);
int pagecall_query(struct env *env);
int pagecall_mark(struct env *env);
int pagecall_share(struct env *env);
int pagecall_phys(struct env *env);

/* Moves n pages of `from` into `to`, for IPC, to an address with the rights PTE_W (asked for) and software
 * bits. Copies are fresh frames. Pages moved, or E_FAULT, E_PERM, E_LIMIT, E_NO_MEM. */
int pagecall_send(struct env *from, vaddr_t src, struct env *to, vaddr_t dst_rights, uint32_t n,
                  enum ipc_send_mode mode);

/* A new frame in the slot, which has room, holding a copy of the page at `source`, or zeros if that is NULL.
 * E_NO_MEM. The caller settles. */
int pagecall_place(struct space *space, vaddr_t va, pte_t *slot, const pte_t *source, pte_t rights);

/* SYS_PAGE_ALLOC of one page of env, which the caller may page, with what the call takes from registers; `from` may
 * be NULL: there is no such env. OK or an error of the call. The caller settles. */
int pagecall_alloc_page(const struct env *caller, struct env *env, vaddr_t va_flags, pte_t expect,
                        const struct env *from, vaddr_t from_va);

/* The straight part of sending pages: one page, mapped or granted, that the sender has with the rights it says,
 * to where `to` has a page table and no page. `from` runs here and must be left at once. False: not of
 * this kind, and nothing has changed. */
bool pagecall_pass(struct env *from, struct env *to, vaddr_t dst_rights);

#endif
