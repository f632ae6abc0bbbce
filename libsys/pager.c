/* The loop of a pager: reply and receive, check, hand the fault over.
 *
 * Faults come in two ways, with the same words: by IPC from the client's page-fault stub, and from
 * the kernel in the client's name (path `ipc`). Both are answered by a status once the page is
 * mapped.
 *
 * Nobody is believed: a client is who the kernel's public record says is paged by us, and the page
 * calls check that too. */
#include "libsys/pager.h"
#include "libsys/ipc.h"
#include "libsys/record.h"
#include "libsys/stdio.h"
#include "protocols/procmgr.h"

static envid_t waiting; /* whom pager_next has to answer, 0 nobody */

bool pager_has_client(envid_t env)
{
	struct env_info info;

	return record_read(ENV_SLOT(env), &info) && info.id == env && info.pager == env_page->id;
}

envid_t pager_client_after(envid_t client)
{
	for (uint32_t slot = client == 0 ? 0 : ENV_SLOT(client) + 1; slot < NENV; slot++) {
		envid_t env = env_infos[slot].id;

		if (env != 0 && pager_has_client(env)) {
			return env;
		}
	}
	return 0;
}

bool pager_wanted(const char *name)
{
	struct ipc_msg msg = {.w = {PM_SELF}, .nwords = 1};

	if (ipc_call(process_manager, &msg, 0) == OK && (int)msg.w[0] >= 0 && msg.w[2] == 1) {
		return true;
	}
	printf("%s pages other programs, and needs one: run -p %s PROGRAM\n", name, name);
	return false;
}

int pager_result(int result)
{
	switch (result) {
	case E_AGAIN: return OK; /* the entry is another by now: the access may work */
	case E_NO_MEM:
	case E_LIMIT: return result;
	default: return result >= 0 ? OK : E_FAULT;
	}
}

/* OK if the message is a client's fault, which is then in *fault; else what to answer. */
static int decode(const struct ipc_msg *msg, struct pager_fault *fault)
{
	uint32_t op = msg->w[0] & PAGER_OP_MASK;

	if (!pager_has_client(msg->from)) {
		return E_PERM;
	}
	if (op != PAGER_FAULT && op != PAGER_FAULT_IPC) {
		return E_NO_CALL;
	}
	*fault = (struct pager_fault){
		.client = msg->from,
		.va = PTE_ADDR(msg->w[0]),
		.entry = msg->w[1],
		.err = msg->w[2],
		.asked_by_kernel = op == PAGER_FAULT_IPC,
	};
	return msg->nwords >= 3 ? OK : E_INVAL;
}

bool pager_next(struct pager_fault *fault, int answer)
{
	struct ipc_msg msg = {.w = {(uint32_t)answer}, .nwords = 1};

	ipc_hidden_bits &= ~PM_NOTIFY_NO_CLIENTS;
	for (;;) {
		int status = ipc_reply_recv(waiting, &msg, 0);

		waiting = 0;
		if (status < 0) {
			continue;
		}
		if (msg.from == 0) {
			if ((msg.w[0] & PM_NOTIFY_NO_CLIENTS) != 0 && pager_client_after(0) == 0) {
				return false;
			}
			continue;
		}
		status = decode(&msg, fault);
		waiting = msg.from;
		if (status == OK) {
			return true;
		}
		msg = (struct ipc_msg){.w = {(uint32_t)status}, .nwords = 1};
	}
}

/* A pager answers who is none of its clients too: with a refusal. */
int pager_await(pid_t pid, uint32_t ms)
{
	struct ipc_msg msg = {.nwords = 0};
	struct pm_info info;

	if (process_next(pid - 1, &info) != pid) {
		return E_BAD_ENV;
	}
	env_page->send_us = ms * 1000;
	env_page->recv_us = ms * 1000;
	int status = info.env == 0 ? E_DEAD
	                           : ipc_call(info.env, &msg, IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT);
	return status == E_BAD_ENV ? E_DEAD : status;
}
