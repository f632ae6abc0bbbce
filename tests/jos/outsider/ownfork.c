/* A copy-on-write fork as the lab's exercise asks for it: in the program, a page at a time, with the
 * program's own page-fault handler. Nothing of the library's fork is used. */
#include <inc/lib.h>

#define RW (PTE_P | PTE_U | PTE_W)

extern void _pgfault_upcall(void);

int copies; /* pages that the handler copied, in this env */
int numbers[3000];

static void pgfault(struct UTrapframe *utf)
{
	void *addr = ROUNDDOWN((void *)utf->utf_fault_va, PGSIZE);
	uint32_t err = utf->utf_err;
	int r;

	if (!(err & FEC_WR) || !(uvpt[PGNUM(addr)] & PTE_COW)) {
		panic("fault at %08x, err %x, eip %08x", utf->utf_fault_va, err, utf->utf_eip);
	}
	if ((r = sys_page_alloc(0, PFTEMP, RW)) < 0) {
		panic("sys_page_alloc: %e", r);
	}
	memmove(PFTEMP, addr, PGSIZE);
	if ((r = sys_page_map(0, PFTEMP, 0, addr, RW)) < 0) {
		panic("sys_page_map: %e", r);
	}
	if ((r = sys_page_unmap(0, PFTEMP)) < 0) {
		panic("sys_page_unmap: %e", r);
	}
	copies++;
}

static void duppage(envid_t child, unsigned pn)
{
	void *addr = (void *)(pn * PGSIZE);
	int r;

	if (!(uvpt[pn] & (PTE_W | PTE_COW))) {
		if ((r = sys_page_map(0, addr, child, addr, PTE_P | PTE_U)) < 0) {
			panic("sys_page_map: %e", r);
		}
		return;
	}
	if ((r = sys_page_map(0, addr, child, addr, PTE_P | PTE_U | PTE_COW)) < 0) {
		panic("sys_page_map: %e", r);
	}
	if ((r = sys_page_map(0, addr, 0, addr, PTE_P | PTE_U | PTE_COW)) < 0) {
		panic("sys_page_map: %e", r);
	}
}

static envid_t cowfork(void)
{
	envid_t child;
	uintptr_t va;
	int r;

	set_pgfault_handler(pgfault);
	if ((child = sys_exofork()) < 0) {
		panic("sys_exofork: %e", child);
	}
	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}
	for (va = 0; va < UXSTACKTOP - PGSIZE; va += PGSIZE) {
		if ((uvpd[PDX(va)] & PTE_P) && (uvpt[PGNUM(va)] & PTE_P) &&
		    (uvpt[PGNUM(va)] & PTE_U)) {
			duppage(child, PGNUM(va));
		}
	}
	if ((r = sys_page_alloc(child, (void *)(UXSTACKTOP - PGSIZE), RW)) < 0) {
		panic("sys_page_alloc: %e", r);
	}
	if ((r = sys_env_set_pgfault_upcall(child, _pgfault_upcall)) < 0) {
		panic("sys_env_set_pgfault_upcall: %e", r);
	}
	if ((r = sys_env_set_status(child, ENV_RUNNABLE)) < 0) {
		panic("sys_env_set_status: %e", r);
	}
	return child;
}

static void fill(int with)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		numbers[i] = with + i;
	}
	sys_yield();
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (numbers[i] != with + i) {
			panic("numbers[%d] is %d", i, numbers[i]);
		}
	}
}

void umain(int argc, char **argv)
{
	envid_t parent = sys_getenvid(), who;
	int level;

	/* A chain of forks, every link with its own numbers. */
	for (level = 0; level < 4; level++) {
		if (cowfork() != 0) {
			break;
		}
		copies = 0;
		parent = thisenv->env_parent_id;
	}
	fill(1000 * level);
	if (level < 4) {
		ipc_recv(&who, 0, 0);
		assert(envs[ENVX(who)].env_parent_id == thisenv->env_id ||
		       envs[ENVX(who)].env_status == ENV_FREE);
	}
	fill(500000 * level);
	cprintf("level %d: numbers are mine, %s\n", level,
	        copies >= 2 ? "pages were copied" : "no page was copied");
	if (level > 0) {
		ipc_send(parent, level, 0, 0);
	}
}
