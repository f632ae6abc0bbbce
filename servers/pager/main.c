/* The pager: copy-on-write, zero-filled memory, stack growth and loading on demand for every
 * process on its path.
 *
 * Its clients' page-fault stubs, or on path `ipc` the kernel for its clients, call it with the
 * address, the entry and the error code (protocols/pager.h); what it does then is libsys/paging.c.
 * It keeps nothing: page tables and the kernel's counts of mappings are all the state there is, and
 * each answer is one change of the client's page, conditional on the entry: a system call for a
 * stub, part of the reply for the kernel. Who the client is comes from the kernel, and so does the
 * right to change its pages.
 *
 * It stands lowest: it calls nobody and never waits but for requests. Loaded with all its
 * memory present, it never faults. It prints nothing. */
#include "libsys/ipc.h"
#include "libsys/paging.h"
#include "libsys/syscall.h"
#include "protocols/pager.h"

/* Replaces the request by its answer. */
static void serve_fault(struct ipc_msg *msg)
{
	int status = E_INVAL;

	if (msg->nwords >= 3) {
		switch (msg->w[0] & PAGER_OP_MASK) {
		case PAGER_FAULT_IPC: msg->nwords = paging_answer(msg->from, msg->w); return;
		case PAGER_FAULT:
			status =
				paging_handle(msg->from, PTE_ADDR(msg->w[0]), msg->w[1], msg->w[2]);
			break;
		default: status = E_NO_CALL;
		}
	}
	msg->w[0] = (uint32_t)status;
	msg->nwords = 1;
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;
	const struct pager_setup *setup = (const struct pager_setup *)PAGER_SETUP;

	ipc_set_rank(IPC_RANK_PAGER);
	paging_set_archive(PAGER_ARCHIVE, setup->archive_size, setup->around);
	for (;;) {
		if (ipc_reply_recv(client, &msg, 0) < 0 || msg.from == 0) {
			client = 0;
			continue;
		}
		client = msg.from;
		serve_fault(&msg);
	}
}
