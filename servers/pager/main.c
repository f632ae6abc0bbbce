/* The pager: copy-on-write, zero-filled memory and stack growth for every process.
 *
 * Its clients' page-fault stubs call it with the address, the entry and the error code
 * (protocol.h). It keeps nothing: page tables and the kernel's counts of mappings are all the
 * state there is, and each answer is one system call on the client's page, conditional on the
 * entry. Who the client is comes from the kernel, and so does the right to change its pages.
 *
 * It stands lowest: it calls nobody and never waits but for requests. Loaded with all its
 * memory present, it never faults. It prints nothing. */
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "servers/pager/decide.h"
#include "servers/pager/protocol.h"

/* What the client is told about the kernel's answer. */
static int answer(int result)
{
	switch (result) {
	case E_AGAIN: return OK; /* the entry changed: the access may work now */
	case E_NO_MEM:
	case E_LIMIT: return result;
	default: return result >= 0 ? OK : E_FAULT;
	}
}

/* A zero page where the entry is absent. */
static int zero_fill(envid_t client, vaddr_t va, pte_t entry)
{
	env_page->expect = entry;
	return answer(sys_page_alloc(client, va | PTE_W | PAGE_COND, 1));
}

/* A copy of the page in its own place, or the page itself if this is its only mapping. */
static int break_cow(envid_t client, vaddr_t va, pte_t entry)
{
	uint32_t soft = entry & PTE_SOFT & ~PTE_COW;
	env_page->expect = entry;
	return answer(
		sys_page_fill(client, va | soft | PTE_W | PAGE_COND | PAGE_UNSHARE, client, va, 1));
}

static int handle_fault(envid_t client, vaddr_t va, pte_t entry, uint32_t err)
{
	switch (decide(va, entry, err)) {
	case PAGER_RETRY: return OK;
	case PAGER_ZERO_FILL: return zero_fill(client, va, entry);
	case PAGER_BREAK_COW: return break_cow(client, va, entry);
	case PAGER_NOT_MINE: break;
	}
	return E_FAULT;
}

static int serve(const struct ipc_msg *msg)
{
	if (msg->nwords < 3) {
		return E_INVAL;
	}
	switch (msg->w[0] & PAGER_OP_MASK) {
	case PAGER_FAULT: return handle_fault(msg->from, PTE_ADDR(msg->w[0]), msg->w[1], msg->w[2]);
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
