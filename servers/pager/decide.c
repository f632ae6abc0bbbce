/* The pager's policy: what each page-table entry means.
 *
 *     entry                                   access   action
 *     absent, PTE_ZERO_FILL                   any      zero page
 *     absent, 0, in the stack's range         any      zero page (the stack grows)
 *     absent, anything else                   any      not the pager's
 *     present, PTE_W                          any      none: changed since the fault
 *     present, read only                      read     none: changed since the fault
 *     present, read only, PTE_COW             write    copy, or keep if nobody else has it
 *     present, read only, not PTE_COW         write    not the pager's
 *
 * The entry is a claim. It is safe to believe it, because every change is made only where the
 * entry still equals it: a client that lies gets no change, and faults again. */
#include "servers/pager/decide.h"
#include "kernel/abi/page.h"
#include "servers/pager/protocol.h"

static bool in_stack(vaddr_t va)
{
	return va >= STACK_BOTTOM && va < USTACKTOP;
}

static enum pager_action decide_absent(vaddr_t va, pte_t entry)
{
	if (entry == PTE_ZERO_FILL || (entry == 0 && in_stack(va))) {
		return PAGER_ZERO_FILL;
	}
	return PAGER_NOT_MINE;
}

enum pager_action decide(vaddr_t va, pte_t entry, uint32_t err)
{
	if (va >= UTOP) {
		return PAGER_NOT_MINE;
	}
	if ((entry & PTE_P) == 0) {
		return decide_absent(va, entry);
	}
	if ((entry & PTE_W) != 0 || (err & FEC_WR) == 0) {
		return PAGER_RETRY;
	}
	return (entry & PTE_COW) != 0 ? PAGER_BREAK_COW : PAGER_NOT_MINE;
}
