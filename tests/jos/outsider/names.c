/* Names of JOS's headers in all the ways in which a program may use them. */
#include <inc/elf.h>
#include <inc/lib.h>

struct pair {
	const volatile struct Env *thisenv; // a member
};

static envid_t id_of(const volatile struct Env *thisenv) // a parameter
{
	return thisenv->env_id;
}

static envid_t own(void)
{
	const volatile struct Env *thisenv = &envs[ENVX(sys_getenvid())]; // a local variable
	struct pair pair = {.thisenv = thisenv};

	return id_of(pair.thisenv);
}

static void handler(struct UTrapframe *utf)
{
	sys_page_alloc(0, ROUNDDOWN((void *)utf->utf_fault_va, PGSIZE), PTE_P | PTE_U | PTE_W);
}

extern void _pgfault_upcall(void);

void umain(int argc, char **argv)
{
	const volatile struct Env **where = &thisenv;
	struct Elf *elf = (struct Elf *)UTEXT;
	envid_t me = sys_getenvid(), child;

	assert(own() == me && thisenv->env_id == me && *where == thisenv);
	assert(thisenv->env_pgfault_upcall == 0);
	set_pgfault_handler(handler);
	assert(thisenv->env_pgfault_upcall == _pgfault_upcall);
	*(volatile int *)0xA0000000 = 1;
	child = fork();
	if (child == 0) {
		assert(thisenv->env_id == sys_getenvid() && own() != me);
		assert(thisenv->env_pgfault_upcall == envs[ENVX(me)].env_pgfault_upcall);
		ipc_send(me, 1, 0, 0);
		return;
	}
	assert(ipc_recv(0, 0, 0) == 1);
	child = sys_exofork();
	assert(child > 0 && envs[ENVX(child)].env_pgfault_upcall == 0);
	sys_env_destroy(child);

	assert(sizeof(*elf) == 52 && sizeof(struct Proghdr) == 32 && ELF_MAGIC == 0x464C457F);
	assert((O_RDWR & O_ACCMODE) == O_RDWR && O_RDONLY == 0 && O_WRONLY == 1);
	assert((O_CREAT | O_TRUNC | O_EXCL | O_MKDIR) == 0xF00);
	cprintf("names are as on JOS\n");
}
