/* A copy-on-write fork that counts addresses in an int: it goes round where USTACKTOP, which is unsigned, does not. A
 * compiler may think that this never happens, and drop the test that ends the loop; JOS's compiler is told not to. */
#include <inc/lib.h>

#define RW (PTE_P | PTE_U | PTE_W)

int number = 4711;

static void copy(struct UTrapframe *utf)
{
	void *page = ROUNDDOWN((void *)utf->utf_fault_va, PGSIZE);

	if (!(utf->utf_err & FEC_WR) || !(uvpt[PGNUM(page)] & PTE_COW))
		panic("fault at %08x, err %x", utf->utf_fault_va, utf->utf_err);
	if (sys_page_alloc(0, PFTEMP, RW) < 0)
		panic("no page");
	memmove(PFTEMP, page, PGSIZE);
	if (sys_page_map(0, PFTEMP, 0, page, RW) < 0 || sys_page_unmap(0, PFTEMP) < 0)
		panic("no mapping");
}

static int copies_of(envid_t child)
{
	int a, n = 0;

	for (a = 0; a < USTACKTOP; a += PGSIZE) {
		void *page = (void *)a;

		if (!(uvpd[PDX(page)] & PTE_P) || !(uvpt[PGNUM(page)] & PTE_P))
			continue;
		if (sys_page_map(0, page, child, page, PTE_P | PTE_U | PTE_COW) < 0 ||
		    sys_page_map(0, page, 0, page, PTE_P | PTE_U | PTE_COW) < 0)
			panic("no mapping of %08x", page);
		n++;
	}
	return n;
}

envid_t fork(void)
{
	envid_t child;

	set_pgfault_handler(copy);
	child = sys_exofork();
	if (child == 0)
		return 0;
	if (child < 0 || copies_of(child) < 3)
		panic("fork");
	/* As many trees do: the parent's own upcall, out of its record. */
	if (sys_page_alloc(child, (void *)(UXSTACKTOP - PGSIZE), RW) < 0 ||
	    sys_env_set_pgfault_upcall(child, thisenv->env_pgfault_upcall) < 0 ||
	    sys_env_set_status(child, ENV_RUNNABLE) < 0)
		panic("no child");
	return child;
}

void umain(int argc, char **argv)
{
	int mine = 11;
	envid_t parent = sys_getenvid(), child = fork();

	if (child == 0)
		mine++;
	else
		ipc_recv(0, 0, 0);
	cprintf("%s: %d and %d\n", child ? "parent" : "child", number, mine);
	if (child == 0) {
		number = 0;
		ipc_send(parent, 0, 0, 0);
	}
}
