/* Synchronous IPC: messages of three register words and more in the env page.
 *
 * The kernel does all the work; this file moves words between struct ipc_msg and registers, and
 * holds servers to the one direction of calls (app > console > procmgr > pager) that keeps
 * them free of deadlock. The page-fault stub (nasm/user/upcall.asm) does not pass through here. */
#include "libsys/ipc.h"
#include "libsys/assert.h"
#include "libsys/string.h"

enum { FIRST_MSG_WORD = 3 };

enum ipc_rank ipc_own_rank = IPC_RANK_APP;
uint32_t ipc_hidden_bits;

/* By rank: which env has it. 0: unknown. */
static envid_t ranked_env[IPC_RANK_APP + 1];

/* Enters the kernel with the phases and flags given; *regs has the message, then the answer. */
static int exchange(uint32_t phases, envid_t partner, const struct ipc_msg *msg,
                    struct syscall_regs *regs)
{
	if (msg->nwords > IPC_WORDS_MAX) {
		return E_INVAL;
	}
	*regs = (struct syscall_regs){(uint32_t)partner, msg->w[0], msg->w[1], msg->w[2]};
	return syscall_raw(SYS_IPC | phases | IPC_WORDS(msg->nwords), regs);
}

/* The result of a receive and, if it worked, the message received. */
static int receive_result(int result, const struct syscall_regs *regs, struct ipc_msg *msg)
{
	if (result < 0) {
		return result;
	}
	msg->from = (envid_t)regs->ebx;
	msg->w[0] = msg->from != 0 ? regs->esi : regs->esi & ~ipc_hidden_bits;
	msg->w[1] = regs->edi;
	msg->w[2] = regs->ebp;
	msg->nwords = IPC_GOT_WORDS(result);
	msg->npages = IPC_GOT_PAGES(result);
	return OK;
}

/* Whether a receive brought pending bits that are none of the program's business, and no others. */
static bool all_hidden(int result, const struct syscall_regs *regs)
{
	return result >= 0 && regs->ebx == 0 && ipc_hidden_bits != 0 &&
	       (regs->esi & ~ipc_hidden_bits) == 0;
}

int ipc_send(envid_t to, const struct ipc_msg *msg, uint32_t flags)
{
	struct syscall_regs regs;
	int result = exchange(IPC_SEND | flags, to, msg, &regs);
	return result < 0 ? result : (int)IPC_GOT_PAGES(result);
}

int ipc_recv(envid_t from, struct ipc_msg *msg, uint32_t flags)
{
	struct syscall_regs regs;
	int result;
	do {
		regs = (struct syscall_regs){.ebx = (uint32_t)from};
		result = syscall_raw(SYS_IPC | IPC_RECV | flags, &regs);
	} while (all_hidden(result, &regs));
	return receive_result(result, &regs, msg);
}

static bool may_call(envid_t to)
{
	if (ipc_own_rank == IPC_RANK_APP) {
		return true;
	}
	for (enum ipc_rank rank = IPC_RANK_PAGER; rank < ipc_own_rank; rank++) {
		if (ranked_env[rank] == to) {
			return true;
		}
	}
	return false;
}

int ipc_call(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	struct syscall_regs regs;
	assert(may_call(to));
	int result = exchange(IPC_SEND | IPC_RECV | flags, to, msg, &regs);
	return receive_result(result, &regs, msg);
}

int ipc_reply_recv(envid_t to, struct ipc_msg *msg, uint32_t flags)
{
	struct syscall_regs regs;
	int result = exchange(IPC_SEND | IPC_RECV | IPC_REPLY | flags, to, msg, &regs);
	if (all_hidden(result, &regs)) {
		return ipc_recv(0, msg, flags & ~(uint32_t)IPC_PAGES);
	}
	return receive_result(result, &regs, msg);
}

int ipc_reply(envid_t to, const struct ipc_msg *msg)
{
	struct syscall_regs regs;
	int result = exchange(IPC_SEND | IPC_REPLY, to, msg, &regs);
	return result < 0 ? result : OK;
}

void ipc_sleep_us(uint32_t us)
{
	if (us == 0) {
		return;
	}
	struct ipc_msg nothing;
	env_page->recv_us = us;
	(void)ipc_recv(env_page->id, &nothing, IPC_RECV_TIMEOUT);
}

void ipc_set_rank(enum ipc_rank own)
{
	ipc_own_rank = own;
}

void ipc_know_rank(envid_t env, enum ipc_rank rank)
{
	ranked_env[rank] = env;
}

static uint8_t *message_bytes(void)
{
	return (uint8_t *)(uintptr_t)&env_page->msg[FIRST_MSG_WORD];
}

uint32_t ipc_put_bytes(const void *bytes, uint32_t length)
{
	const uint32_t limit = (IPC_WORDS_MAX - FIRST_MSG_WORD) * sizeof(uint32_t);
	uint32_t taken = length < limit ? length : limit;
	memcpy(message_bytes(), bytes, taken);
	return FIRST_MSG_WORD + (taken + sizeof(uint32_t) - 1) / sizeof(uint32_t);
}

void ipc_get_bytes(void *bytes, uint32_t length)
{
	const uint32_t limit = (IPC_WORDS_MAX - FIRST_MSG_WORD) * sizeof(uint32_t);
	memcpy(bytes, message_bytes(), length < limit ? length : limit);
}
