/* What a program may find when it looks at itself is what it is on JOS. */
#include <inc/lib.h>
#include <inc/x86.h>

#define PTE_COW 0x800

static int minus = -1;
char *literal = "hello";

static envid_t await(envid_t child)
{
	while (envs[ENVX(child)].env_id == child && envs[ENVX(child)].env_status != ENV_FREE)
		sys_yield();
	return child;
}

// In a child: it must not come back.
#define FORBIDDEN(what)                                                                            \
	do {                                                                                       \
		envid_t child = fork();                                                            \
		if (child == 0) {                                                                  \
			what;                                                                      \
			cprintf(#what " was possible\n");                                          \
			exit();                                                                    \
		}                                                                                  \
		await(child);                                                                      \
	} while (0)

void umain(int argc, char **argv)
{
	char *va;

	assert(minus < PGSIZE && minus < PTSIZE && minus < PTE_P && minus < NENV && minus < FEC_WR);
	assert(PTE_ADDR(&va[0x1234]) != 1);
	cprintf("parent %08x\n", thisenv->env_parent_id);
	literal[0] = 'j';
	cprintf("%s\n", literal);
	for (va = (char *)UTEXT; va < (char *)USTACKTOP; va += PGSIZE)
		if ((uvpd[PDX(va)] & PTE_P) && (uvpt[PGNUM(va)] & PTE_P) &&
		    !(uvpt[PGNUM(va)] & PTE_W))
			cprintf("%08x is read-only\n", va);
	cprintf("below the stack %s\n",
	        uvpt[PGNUM(USTACKTOP - 2 * PGSIZE)] & PTE_P ? "a page" : "nothing");
	FORBIDDEN(inb(0x60));
	FORBIDDEN(outl(0xCF8, 0));
	FORBIDDEN(rcr3());
	FORBIDDEN(lcr3(0));
	FORBIDDEN(rcr2());
	FORBIDDEN(invlpg(0));
	FORBIDDEN(lgdt(literal));
	FORBIDDEN(tlbflush());
	cprintf("done\n");
}
