/* The smallest pager: gives out zero pages. `run -p zeropager PROGRAM` lets PROGRAM use it.
 *
 * A lesson in three sentences. A page fault comes as a message: who, which page, what its
 * page-table entry says. The entry says what belongs there (kernel/abi/page.h): here PTE_ZERO_FILL,
 * which heap and bss are marked with, or nothing at all in the range of the stack. The answer is
 * one page call on the client's memory, done only if the entry still is what it was (PAGE_COND), so
 * that a client that lies or changes its mind hurts only itself; then the client runs its
 * instruction again.
 *
 * What is missing is what the other pagers are about: a program that forks needs copy on write
 * (libsys/paging.h; see logpager), and nothing here ever takes a page back (see zippager). */
#include "libsys/pager.h"
#include "libsys/syscall.h"

static int give_zero_page(const struct pager_fault *fault)
{
	bool in_stack = fault->va >= STACK_BOTTOM && fault->va < USTACKTOP;

	if (fault->entry != PTE_ZERO_FILL && !(in_stack && fault->entry == 0)) {
		return E_FAULT; /* not ours: the program's own handler, or its end */
	}
	env_page->expect = fault->entry;
	return pager_result(sys_page_alloc(fault->client, fault->va | PTE_W | PAGE_COND, 1));
}

int main(void)
{
	struct pager_fault fault;
	int answer = OK;

	if (!pager_wanted("zeropager")) {
		return 1;
	}
	while (pager_next(&fault, answer)) {
		answer = give_zero_page(&fault);
	}
	return 0;
}
