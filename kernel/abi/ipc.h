/* Synchronous IPC: one system call, SYS_IPC, whose operand says which phases run.
 *
 * Registers (see syscall.h for why ecx and edx carry nothing):
 *
 *     in   eax = SYS_IPC | flags             out  eax = status; >= 0: see below
 *          ebx = partner                          ebx = sender's id, 0: kernel bits
 *          esi, edi, ebp = words 0, 1, 2          esi, edi, ebp = words 0, 1, 2
 *
 *   IPC_SEND             send to ebx
 *   IPC_RECV             receive from ebx (0: anyone; own id: nobody, that is sleep)
 *   IPC_SEND|IPC_RECV    call: send to ebx, then receive from ebx alone (IPC_RECV_NOWAIT: E_INVAL)
 *   ... |IPC_REPLY       reply and receive: reply to ebx (0 or a partner that does not wait for
 *                        this answer: skipped), then receive from anyone. A reply never blocks.
 *   IPC_SEND|IPC_REPLY   reply only; E_NOT_WAITING if it was skipped
 *
 * A message has n words, IPC_WORDS(n), n = 0..IPC_WORDS_MAX. The first three ride in
 * registers; words 3..n-1 are copied from the sender's env page (msg[3..]) to the
 * receiver's. Words 0..2 are always delivered.
 *
 * IPC_PAGES sends the run described by the env page's send_va, send_npages (at most IPC_PAGES_MAX)
 * and send_mode along; it arrives in the window recv_va, recv_npages of a receiver that said
 * IPC_WINDOW, with the rights that the sender has (and asked for) and the software bits of the low
 * bits of recv_va. The receiver asks W with PTE_W in recv_va; without it the pages come read-only.
 * No window, no pages: words arrive all the same. The sender's page tables must have the run when
 * it calls: nothing is touched, no pager is asked (E_PERM; libsys does that and calls again). What
 * is gone by the time that a queued sender's message is taken does not arrive.
 *
 * Result >= 0 of a receive: IPC_GOT_WORDS(r) words and IPC_GOT_PAGES(r) pages came.
 * Result >= 0 of a plain send: IPC_GOT_PAGES(r) pages went.
 *
 * Result < 0: E_INVAL (words, window, page run), E_BAD_ENV (no such partner), E_PERM (page run
 * the sender does not have; W of a read-only page), E_NOT_WAITING (no wait, partner
 * not ready), E_TIMEOUT, E_DEAD (partner died while we waited). Nothing was delivered, unless the
 * send phase of a call was over: then the receive phase failed.
 *
 * IPC_PUBLISH, of a receive, shows value, sender and permission in the public record. And the
 * sender of a plain send goes on first: the receiver, which has its message, is ready, on the CPU
 * where the sender runs, but no other CPU is woken for it before the sender gives up its own, or a
 * tick comes. A sender that had to wait runs at once on the receiver's CPU.
 *
 * IPC_FAULT_CALL marks a call as that of a page-fault stub to its pager: the whole call, not each
 * phase, is bounded by what ENV_FAULT_US says (and by no other bound: E_INVAL). From a tick (8 ms)
 * on; what is answered sooner costs nothing.
 *
 * Fault path `ipc` (ENV_FAULTS): when the env touches a page that is not there for it, the kernel
 * makes such a call on its pager (ENV_PAGER) in its name. The env's registers stay as they are. The
 * pager receives a message of FAULT_WORDS words, true at the time of its receive:
 *
 *     w0 = page address | FAULT_OP      msg[3] = ip
 *     w1 = page-table entry             msg[4] = mappings of the page's frame, 0 if absent
 *     w2 = error code (page.h, FEC_*)   msg[5] = address touched
 *
 * and answers with a reply (or send) to the env:
 *
 *     w0 = 0     The instruction is run again. IPC_PAGES: the run arrives from the page touched on
 *                (a window of all that lies there up to UTOP), writable if sent so, with w1's
 *                PTE_SOFT bits.
 *     w0 > 0     FAULT_ALLOC | flags: first SYS_PAGE_ALLOC is done on the page touched with these
 *                flags (PTE_W, PTE_SOFT, PAGE_*), w1 for `expect`, w2 as source address for
 *                PAGE_FILL, in the env msg[3] if there are more than three words and that is not 0
 *                (the answerer must be allowed to page it), else in the faulting env. E_AGAIN is
 *                fine; other errors refuse.
 *     w0 < 0     Refused. E_FAULT: the env goes on in its upcall, if it has one. All else ends it,
 *                as does a time-out: DEATH_REFUSED.
 *
 * A page that cannot be mapped refuses with that error. When the pager dies, or is dead already,
 * the env waits without a clock until somebody sets ENV_PAGER (or ENV_FAULTS). That makes it run
 * the instruction again, at any time: a fault is never saved.
 *
 * Pending bits: a receive from anyone returns pending bits, if any, in their turn: ebx = 0, word 0
 * = all of them, which are cleared. They take a place among the senders that wait, behind those
 * that were there when the first bit was raised; but those of interrupts come at once. They never
 * get lost.
 * SYS_NOTIFY raises bits at oneself, whom one controls, and one's controller unless that is root;
 * at all others those that their env page opens (`notify`), else E_PERM. */
#pragma once

#include "kernel/abi/syscall.h"

#define IPC_SEND 0x00000100u
#define IPC_RECV 0x00000200u
#define IPC_REPLY 0x00000400u
#define IPC_PAGES 0x00000800u
#define IPC_WINDOW 0x00001000u
#define IPC_SEND_NOWAIT 0x00002000u
#define IPC_SEND_TIMEOUT 0x00004000u
#define IPC_RECV_NOWAIT 0x00008000u
#define IPC_RECV_TIMEOUT 0x00010000u
#define IPC_PUBLISH 0x00020000u
#define IPC_FAULT_CALL 0x00040000u

/* X(NAME, text) */
/* clang-format off */
#define IPC_FLAG_LIST(X) \
	X(SEND, "send to ebx") \
	X(RECV, "receive from ebx; 0: from anyone, own id: from nobody") \
	X(REPLY, \
	  "the send is a reply: it never waits, and is skipped if the partner waits for none") \
	X(PAGES, "sends the run of pages that the env page describes") \
	X(WINDOW, "receives pages in the window that the env page describes") \
	X(SEND_NOWAIT, "fail at once if the partner does not wait") \
	X(SEND_TIMEOUT, "bounded by the env page's send_us") \
	X(RECV_NOWAIT, "fail at once if there is nothing to receive") \
	X(RECV_TIMEOUT, "bounded by the env page's recv_us") \
	X(PUBLISH, \
	  "a receive as on JOS: value, sender and permission come into the public record") \
	X(FAULT_CALL, "a call, bounded by ENV_FAULT_US")
/* clang-format on */

#define IPC_WORDS(n) ((unsigned)(n) << 20)
#define IPC_WORDS_SHIFT 20
#define IPC_WORDS_MASK 0x7Fu
#define IPC_WORDS_MAX 64
#define IPC_PAGES_MAX 64

#define IPC_GOT_WORDS(r) (0x7Fu & (unsigned)(r))
#define IPC_GOT_PAGES(r) ((unsigned)(r) >> 8)

/* The fault message of path `ipc`, and the answer that has a page allocated. Page-fault stubs make
 * their own messages of w0..w2 with FAULT_OP_STUB: who answers these maps the page by itself. */
#define FAULT_OP_STUB 1u
#define FAULT_OP 2u
#define FAULT_WORDS 6
#define FAULT_ALLOC 0x20u

/* Pending bits. */
#define IPC_BITS_IRQ 0x0000FFFFu  /* 1 << irq */
#define IPC_BITS_USER 0x00FF0000u /* SYS_NOTIFY */
#define IPC_BITS_ROOT 0x3F000000u /* SYS_NOTIFY by root, at anybody */
#define IPC_BIT_DEATH 0x80000000u /* SYS_ENV_REAP has something */
#define IPC_BIT_STANDSTILL (1u << IRQ_STANDSTILL)
#define IPC_BIT_HEIR 0x40000000u /* control of envs passed to us, who asked for deaths */

enum ipc_send_mode {
	IPC_MODE_MAP,   /* shared: both have it */
	IPC_MODE_GRANT, /* moved: the sender's mapping goes */
	IPC_MODE_COPY, /* a fresh page with the same contents; of a run, the first PAGE_FILLS_MAX */
};
#define IPC_MODE_WRITABLE 0x100u /* or-ed to the mode: the receiver may write (map, grant) */
