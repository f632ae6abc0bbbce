/* Synchronous IPC: messages of three register words and more in the env page.
 *
 * The kernel does all the work, and what it takes to ask for it is inline in ipc.h; this file
 * holds servers to the one direction of calls (app > console > procmgr > pager) that keeps
 * them free of deadlock. The page-fault stub (nasm/user/upcall.asm) does not pass through here. */
#include "libsys/ipc.h"
#include "libsys/assert.h"
#include "libsys/present.h"
#include "libsys/string.h"

enum { FIRST_MSG_WORD = 3 };

enum ipc_rank ipc_own_rank = IPC_RANK_APP;
uint32_t ipc_hidden_bits = IPC_HIDDEN_BITS;

/* By rank: which env has it. 0: unknown. */
static envid_t ranked_env[IPC_RANK_APP + 1];

int ipc_send(envid_t to, const struct ipc_msg *msg, uint32_t flags)
{
	struct ipc_msg copy = *msg;
	int status = ipc_exchange(IPC_SEND | flags, to, &copy);

	return status < 0 ? status : (int)copy.npages;
}

int ipc_recv(envid_t from, struct ipc_msg *msg, uint32_t flags)
{
	struct ipc_msg got;
	int status;

	do {
		got = (struct ipc_msg){.nwords = 0};
		status = ipc_exchange(IPC_RECV | flags, from, &got);
	} while (status == OK && !ipc_hide_bits(&got));
	if (status == OK) {
		*msg = got;
	}
	return status;
}

bool ipc_hide_bits(struct ipc_msg *msg)
{
	if (msg->from != 0 || ipc_hidden_bits == 0) {
		return true;
	}
	msg->w[0] &= ~ipc_hidden_bits;
	return msg->w[0] != 0;
}

void ipc_check_rank(envid_t to)
{
	enum ipc_rank rank = IPC_RANK_PAGER;

	while (rank < ipc_own_rank && ranked_env[rank] != to) {
		rank++;
	}
	assert(rank < ipc_own_rank);
}

int ipc_reply(envid_t to, const struct ipc_msg *msg)
{
	struct ipc_msg copy = *msg;

	return ipc_exchange(IPC_SEND | IPC_REPLY, to, &copy);
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

int ipc_exchange_absent(uint32_t phases, envid_t partner, struct ipc_msg *msg)
{
	const uint32_t mode = env_page->send_mode;
	const bool write =
		(mode & IPC_MODE_WRITABLE) != 0 && (mode & ~IPC_MODE_WRITABLE) != IPC_MODE_COPY;
	const uint32_t eax = SYS_IPC | phases | IPC_WORDS(msg->nwords);
	int result = E_PERM;

	for (int i = 0; i < IPC_TRIES && result == E_PERM; i++) {
		int status = present_make(env_page->send_va, env_page->send_npages, write);
		struct syscall_regs regs = {(uint32_t)partner, msg->w[0], msg->w[1], msg->w[2]};

		if (status < 0) {
			return status == E_FAULT ? E_PERM : status;
		}
		result = syscall_raw(eax, &regs);
		if (result >= 0) {
			*msg = (struct ipc_msg){.from = (envid_t)regs.ebx,
			                        .w = {regs.esi, regs.edi, regs.ebp},
			                        .nwords = IPC_GOT_WORDS(result),
			                        .npages = IPC_GOT_PAGES(result)};
			return OK;
		}
	}
	return result;
}

static uint8_t *message_bytes(void)
{
	return (uint8_t *)(uintptr_t)&env_page->msg[FIRST_MSG_WORD];
}

uint32_t ipc_put_bytes(const void *bytes, uint32_t length)
{
	const uint32_t limit = (IPC_WORDS_MAX - FIRST_MSG_WORD) * sizeof(uint32_t);
	uint32_t taken = length < limit ? length : limit;

	/* The last word goes as a whole, and a server's has what somebody else's message left
	 * there. */
	if (taken % sizeof(uint32_t) != 0) {
		env_page->msg[FIRST_MSG_WORD + taken / sizeof(uint32_t)] = 0;
	}
	memcpy(message_bytes(), bytes, taken);
	return FIRST_MSG_WORD + (taken + sizeof(uint32_t) - 1) / sizeof(uint32_t);
}

void ipc_get_bytes(void *bytes, uint32_t length)
{
	const uint32_t limit = (IPC_WORDS_MAX - FIRST_MSG_WORD) * sizeof(uint32_t);

	memcpy(bytes, message_bytes(), length < limit ? length : limit);
}
