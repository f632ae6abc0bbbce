/* The pager: copy-on-write, zero-filled memory and stack growth for every process on its path.
 *
 * Its clients' page-fault stubs call it with the address, the entry and the error code
 * (protocol.h); what it does then is libsys/paging.c. It keeps nothing: page tables and the
 * kernel's counts of mappings are all the state there is, and each answer is one system call on
 * the client's page, conditional on the entry. Who the client is comes from the kernel, and so
 * does the right to change its pages.
 *
 * It stands lowest: it calls nobody and never waits but for requests. Loaded with all its
 * memory present, it never faults. It prints nothing. */
#include "libsys/ipc.h"
#include "libsys/paging.h"
#include "libsys/syscall.h"
#include "servers/pager/protocol.h"

static int serve(const struct ipc_msg *msg)
{
	if (msg->nwords < 3) {
		return E_INVAL;
	}
	switch (msg->w[0] & PAGER_OP_MASK) {
	case PAGER_FAULT:
		return paging_handle(msg->from, PTE_ADDR(msg->w[0]), msg->w[1], msg->w[2]);
	default: return E_NO_CALL;
	}
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	ipc_set_rank(IPC_RANK_PAGER);
	for (;;) {
		if (ipc_reply_recv(client, &msg, 0) < 0 || msg.from == 0) {
			client = 0;
			continue;
		}
		client = msg.from;
		msg.w[0] = (uint32_t)serve(&msg);
		msg.nwords = 1;
	}
}
