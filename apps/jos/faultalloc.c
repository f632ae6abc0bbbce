/* A page-fault handler that supplies the page, with a text in it; the second text crosses into
 * another page, so that the handler faults itself. */
#include <inc/lib.h>

static void supply(struct UTrapframe *utf)
{
	void *va = (void *)utf->utf_fault_va;
	int error;

	cprintf("fault %x\n", va);
	error = sys_page_alloc(0, ROUNDDOWN(va, PGSIZE), PTE_P | PTE_U | PTE_W);
	if (error) {
		panic("allocating at %x in page fault handler: %e", va, error);
	}
	snprintf(va, 100, "this string was faulted in at %x", va);
}

void umain(int argc, char **argv)
{
	set_pgfault_handler(supply);
	cprintf("%s\n", (char *)0xDEADBEEF);
	cprintf("%s\n", (char *)0xCAFEBFFE);
}
