/* Synchronous IPC (kernel/abi/ipc.h says what the kernel promises).
 *
 * A message is three words and, if `nwords` is above 3, words 3.. in env_page->msg[3..].
 * `flags` are IPC_* bits beyond the phases: IPC_PAGES, IPC_WINDOW, no-wait and time-out bits.
 *
 * A run of pages to send need not be present: where the kernel refuses it, the caller's pager is
 * asked for what is not there (and for what cannot be written yet, if it is sent writable), and the
 * call is made again, at most IPC_TRIES times, for a pager may take pages away meanwhile. Then
 * E_PERM, as for a run that the program does not have; E_NO_MEM, E_LIMIT or E_LOST if that is why.
 * A pager that lets the program have fewer pages than the run has can never be content. */
#pragma once

#include "kernel/abi/ipc.h"
#include "libsys/syscall.h"
#include "protocols/procmgr.h"

struct ipc_msg {
	envid_t from;    /* out: who sent it; 0: the kernel, w[0] = pending bits */
	uint32_t w[3];   /* in: to send; out: received */
	uint32_t nwords; /* in: 0..IPC_WORDS_MAX; out: received */
	uint32_t npages; /* out: pages received */
};

/* Send *msg to `to`. Returns the number of pages that went (>= 0) or an error. Blocks until
 * the partner receives, unless flags bound it. *msg is not changed. */
int ipc_send(envid_t to, const struct ipc_msg *msg, uint32_t flags);

/* Receive from `from` (0 anyone) into *msg. Returns OK or an error. Blocks. */
int ipc_recv(envid_t from, struct ipc_msg *msg, uint32_t flags);

/* Reply without receiving; never blocks. OK or why it was dropped. */
int ipc_reply(envid_t to, const struct ipc_msg *msg);

/* Do nothing for at least this long. 0 returns at once. Up to 4,294 s. */
void ipc_sleep_us(uint32_t us);

/* Servers call one way: app > console > procmgr > pager. Servers state their rank, and of the
 * servers they know which id has which rank; ipc_call asserts that it only calls downwards. */
enum ipc_rank { IPC_RANK_PAGER = 1, IPC_RANK_PROCMGR, IPC_RANK_CONSOLE, IPC_RANK_APP };
extern enum ipc_rank ipc_own_rank; /* IPC_RANK_APP until ipc_set_rank */
void ipc_set_rank(enum ipc_rank own);
void ipc_know_rank(envid_t env, enum ipc_rank rank); /* at most one id per rank */

/* Pending bits that receives do not show the program: those that libsys itself asked for, and
 * procmgr's notice to pagers. A receive that brings only these starts again, and so does its
 * bound. */
extern uint32_t ipc_hidden_bits;
#define IPC_HIDDEN_BITS PM_NOTIFY_NO_CLIENTS

/* Takes these bits out of what came. False: there was nothing else. */
bool ipc_hide_bits(struct ipc_msg *msg);

/* Asserts that a server may call `to`. */
void ipc_check_rank(envid_t to);

/* ---- inline, so that the words of a message can stay in registers ---- */

enum { IPC_TRIES = 8 };

/* The same as ipc_exchange, after E_PERM. */
int ipc_exchange_absent(uint32_t phases, envid_t partner, struct ipc_msg *msg);

/* Enters the kernel with *msg for the phases and flags given. >= 0: OK, and the answer is in *msg;
 * else it is as it was. */
static inline int ipc_exchange(uint32_t phases, envid_t partner, struct ipc_msg *msg)
{
	struct syscall_regs regs = {(uint32_t)partner, msg->w[0], msg->w[1], msg->w[2]};
	int result;

	if (msg->nwords > IPC_WORDS_MAX) {
		return E_INVAL;
	}
	result = syscall_raw(SYS_IPC | phases | IPC_WORDS(msg->nwords), &regs);
	if (result < 0) {
		if (result == E_PERM && (phases & IPC_PAGES) != 0) {
			struct ipc_msg again = *msg; /* so that *msg can stay in registers */

			result = ipc_exchange_absent(phases, partner, &again);
			*msg = again;
		}
		return result;
	}
	*msg = (struct ipc_msg){.from = (envid_t)regs.ebx,
	                        .w = {regs.esi, regs.edi, regs.ebp},
	                        .nwords = IPC_GOT_WORDS(result),
	                        .npages = IPC_GOT_PAGES(result)};
	return OK;
}

/* Send *msg to `to` and wait for its answer, which replaces *msg. OK or an error. Blocks.
 * Panics when the caller is a server and `to` stands above it (see ipc_set_rank). */
static inline int ipc_call(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	if (ipc_own_rank != IPC_RANK_APP) {
		ipc_check_rank(to);
	}
	return ipc_exchange(IPC_SEND | IPC_RECV | flags, to, msg);
}

/* Reply to `to` (0: nobody) with *msg, then receive from anyone into *msg. OK or an error of
 * the receive. The reply never blocks and is dropped if `to` does not wait. */
static inline int ipc_reply_recv(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	int status = ipc_exchange(IPC_SEND | IPC_RECV | IPC_REPLY | flags, to, msg);

	if (__builtin_expect(status == OK && msg->from == 0, false)) {
		struct ipc_msg bits = *msg; /* so that *msg can stay in registers */

		if (!ipc_hide_bits(&bits)) {
			status = ipc_recv(0, &bits, flags & ~(uint32_t)IPC_PAGES);
		}
		*msg = bits;
	}
	return status;
}

/* Copy bytes into / out of the message words 3.. of the own env page. At most
 * (IPC_WORDS_MAX - 3) * 4 bytes. ipc_put_bytes returns nwords for the message. */
uint32_t ipc_put_bytes(const void *bytes, uint32_t length);
void ipc_get_bytes(void *bytes, uint32_t length);
