/* The policy of copy on write, zero fill and stack growth: what each page-table entry means.
 *
 *     entry                                   access   action
 *     absent, PTE_ZERO_FILL                   any      zero page
 *     absent, 0, in the stack's range         any      zero page (the stack grows)
 *     absent, anything else                   any      not ours
 *     present, PTE_W                          any      none: changed since the fault
 *     present, read only                      read     none: changed since the fault
 *     present, read only, PTE_COW             write    copy, or keep if nobody else has it
 *     present, read only, not PTE_COW         write    not ours
 *
 * The entry is a claim. It is safe to believe it, because every change is made only where the
 * entry still equals it: who claims something else gets no change, and faults again. */
#include "libsys/paging.h"
#include "kernel/abi/ipc.h"
#include "libsys/syscall.h"
#include "servers/pager/protocol.h"

static bool in_stack(vaddr_t va)
{
	return va >= STACK_BOTTOM && va < USTACKTOP;
}

static enum paging_action decide_absent(vaddr_t va, pte_t entry)
{
	if (entry == PTE_ZERO_FILL || (entry == 0 && in_stack(va))) {
		return PAGING_ZERO_FILL;
	}
	return PAGING_NOT_OURS;
}

enum paging_action paging_decide(vaddr_t va, pte_t entry, uint32_t err)
{
	if (va >= UTOP) {
		return PAGING_NOT_OURS;
	}
	if ((entry & PTE_P) == 0) {
		return decide_absent(va, entry);
	}
	if ((entry & PTE_W) != 0 || (err & FEC_WR) == 0) {
		return PAGING_RETRY;
	}
	return (entry & PTE_COW) != 0 ? PAGING_BREAK_COW : PAGING_NOT_OURS;
}

/* What the kernel's answer means for the access. */
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
static int zero_fill(envid_t env, vaddr_t va, pte_t entry)
{
	env_page->expect = entry;
	return answer(sys_page_alloc(env, va | PTE_W | PAGE_COND, 1));
}

/* A copy of the page in its own place, or the page itself if this is its only mapping. */
static int break_cow(envid_t env, vaddr_t va, pte_t entry)
{
	uint32_t soft = entry & PTE_SOFT & ~PTE_COW;
	env_page->expect = entry;
	return answer(sys_page_fill(env, va | soft | PTE_W | PAGE_COND | PAGE_UNSHARE, env, va, 1));
}

void paging_answer(vaddr_t va, pte_t entry, uint32_t err, uint32_t w[3])
{
	enum { ALLOC = FAULT_ALLOC | PTE_W | PAGE_COND };
	w[0] = OK;
	w[1] = entry;
	w[2] = va;
	switch (paging_decide(va, entry, err)) {
	case PAGING_RETRY: break;
	case PAGING_ZERO_FILL: w[0] = ALLOC; break;
	case PAGING_BREAK_COW:
		w[0] = ALLOC | PAGE_FILL | PAGE_UNSHARE | (entry & PTE_SOFT & ~PTE_COW);
		break;
	case PAGING_NOT_OURS: w[0] = (uint32_t)E_FAULT; break;
	}
}

int paging_handle(envid_t env, vaddr_t va, pte_t entry, uint32_t err)
{
	switch (paging_decide(va, entry, err)) {
	case PAGING_RETRY: return OK;
	case PAGING_ZERO_FILL: return zero_fill(env, va, entry);
	case PAGING_BREAK_COW: return break_cow(env, va, entry);
	case PAGING_NOT_OURS: break;
	}
	return E_FAULT;
}
