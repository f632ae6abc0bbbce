/* What the lab text promises of each system call's errors, tried one by one. */
#include <inc/lib.h>

#define PAGE ((void *)0x10000000)
#define OTHER ((void *)0x20000000)
#define RO (PTE_P | PTE_U)
#define RW (PTE_P | PTE_U | PTE_W)

static int tried;

static void check(const char *what, int got, int want)
{
	tried++;
	if (got != want) {
		panic("%s: %e (%d), not %e (%d)", what, got, got, want, want);
	}
}

#define CHECK(call, want) check(#call, call, want)

static void pages(envid_t nobody, envid_t stranger)
{
	CHECK(sys_page_alloc(0, PAGE, RW), 0);
	CHECK(sys_page_alloc(0, PAGE, RW | PTE_AVAIL), 0);
	CHECK(sys_page_alloc(thisenv->env_id, PAGE, RW), 0);
	CHECK(sys_page_alloc(0, PAGE, PTE_P | PTE_W), -E_INVAL);
	CHECK(sys_page_alloc(0, PAGE, PTE_U | PTE_W), -E_INVAL);
	CHECK(sys_page_alloc(0, PAGE, RW | PTE_PS), -E_INVAL);
	CHECK(sys_page_alloc(0, PAGE, RW | PTE_G), -E_INVAL);
	CHECK(sys_page_alloc(0, (char *)PAGE + 1, RW), -E_INVAL);
	CHECK(sys_page_alloc(0, (void *)UTOP, RW), -E_INVAL);
	CHECK(sys_page_alloc(0, (void *)0xFFFFF000, RW), -E_INVAL);
	CHECK(sys_page_alloc(nobody, PAGE, RW), -E_BAD_ENV);
	CHECK(sys_page_alloc(stranger, PAGE, RW), -E_BAD_ENV);

	CHECK(sys_page_map(0, PAGE, 0, OTHER, RW), 0);
	CHECK(sys_page_map(0, PAGE, 0, PAGE, RO), 0);
	CHECK(sys_page_map(0, PAGE, 0, PAGE, RW), -E_INVAL); /* it is read-only now */
	CHECK(sys_page_map(0, OTHER, 0, PAGE, RW), 0);       /* the other mapping is not */
	CHECK(sys_page_map(0, (void *)0x30000000, 0, PAGE, RO), -E_INVAL);
	CHECK(sys_page_map(0, (void *)UTOP, 0, PAGE, RO), -E_INVAL);
	CHECK(sys_page_map(0, PAGE, 0, (void *)UTOP, RO), -E_INVAL);
	CHECK(sys_page_map(0, (char *)PAGE + 8, 0, OTHER, RO), -E_INVAL);
	CHECK(sys_page_map(0, PAGE, 0, (char *)OTHER + 8, RO), -E_INVAL);
	CHECK(sys_page_map(0, PAGE, 0, OTHER, PTE_P), -E_INVAL);
	CHECK(sys_page_map(0, PAGE, 0, OTHER, RO | PTE_D), -E_INVAL);
	CHECK(sys_page_map(0, PAGE, nobody, OTHER, RO), -E_BAD_ENV);
	CHECK(sys_page_map(nobody, PAGE, 0, OTHER, RO), -E_BAD_ENV);
	CHECK(sys_page_map(0, PAGE, stranger, OTHER, RW), -E_BAD_ENV);

	CHECK(sys_page_unmap(0, OTHER), 0);
	CHECK(sys_page_unmap(0, OTHER), 0); /* nothing there */
	CHECK(sys_page_unmap(0, (void *)UTOP), -E_INVAL);
	CHECK(sys_page_unmap(0, (char *)PAGE + 2), -E_INVAL);
	CHECK(sys_page_unmap(nobody, PAGE), -E_BAD_ENV);
	CHECK(sys_page_unmap(stranger, PAGE), -E_BAD_ENV);
}

static void environments(envid_t nobody, envid_t stranger)
{
	struct Trapframe tf;

	memset(&tf, 0, sizeof(tf));
	CHECK(sys_env_set_status(0, 77), -E_INVAL);
	CHECK(sys_env_set_status(0, ENV_FREE), -E_INVAL);
	CHECK(sys_env_set_status(0, ENV_RUNNING), -E_INVAL);
	CHECK(sys_env_set_status(0, ENV_RUNNABLE), 0);
	CHECK(sys_env_set_status(nobody, ENV_RUNNABLE), -E_BAD_ENV);
	CHECK(sys_env_set_status(stranger, ENV_NOT_RUNNABLE), -E_BAD_ENV);
	CHECK(sys_env_set_pgfault_upcall(0, 0), 0);
	CHECK(sys_env_set_pgfault_upcall(nobody, 0), -E_BAD_ENV);
	CHECK(sys_env_set_pgfault_upcall(stranger, 0), -E_BAD_ENV);
	CHECK(sys_env_set_trapframe(nobody, &tf), -E_BAD_ENV);
	CHECK(sys_env_set_trapframe(stranger, &tf), -E_BAD_ENV);
	CHECK(sys_env_destroy(nobody), -E_BAD_ENV);
	CHECK(sys_env_destroy(stranger), -E_BAD_ENV);
}

static void messages(envid_t nobody, envid_t stranger)
{
	CHECK(sys_ipc_recv((char *)PAGE + 4), -E_INVAL);
	CHECK(sys_ipc_try_send(nobody, 1, (void *)UTOP, 0), -E_BAD_ENV);
	CHECK(sys_ipc_try_send(stranger, 1, (void *)UTOP, 0), -E_IPC_NOT_RECV);
	CHECK(sys_ipc_try_send(0, 1, (void *)UTOP, 0), -E_IPC_NOT_RECV);
}

/* The other side of a transfer: says that it is ready by waiting. */
static void receiver(envid_t parent)
{
	CHECK(ipc_recv(0, PAGE, 0), 1);
	CHECK(thisenv->env_ipc_from, parent);
	CHECK(thisenv->env_ipc_value, 1);
	CHECK(thisenv->env_ipc_perm, RO);
	CHECK(*(volatile int *)PAGE, 4711);
	CHECK(uvpt[PGNUM(PAGE)] & PTE_W, 0);
	CHECK(ipc_recv(0, 0, 0), 2); /* wants no page: the value comes all the same */
	CHECK(thisenv->env_ipc_perm, 0);
	ipc_recv(0, OTHER, 0); /* wants one, and none is sent */
	CHECK(thisenv->env_ipc_perm, 0);
	CHECK(uvpd[PDX(OTHER)] & PTE_P && uvpt[PGNUM(OTHER)] & PTE_P, 0);
	ipc_recv(0, OTHER, 0);
	CHECK(thisenv->env_ipc_perm, RW | PTE_SHARE);
	CHECK(uvpt[PGNUM(OTHER)] & (PTE_W | PTE_AVAIL), PTE_W | PTE_SHARE);
	cprintf("%d checks passed in the receiver\n", tried);
}

static int send_when_ready(envid_t to, uint32_t value, void *pg, int perm)
{
	int r;

	while ((r = sys_ipc_try_send(to, value, pg, perm)) == -E_IPC_NOT_RECV) {
		sys_yield();
	}
	return r;
}

void umain(int argc, char **argv)
{
	envid_t parent = sys_getenvid(), nobody = parent + (1 << ENVGENSHIFT), child;

	/* Grandchildren are strangers: make one that just waits. */
	if ((child = fork()) == 0) {
		if ((child = fork()) == 0) {
			ipc_recv(0, 0, 0); /* for the end */
			return;
		}
		ipc_send(parent, child, 0, 0);
		ipc_recv(0, 0, 0);
		ipc_send(child, 0, 0, 0);
		return;
	}
	{
		envid_t stranger = ipc_recv(0, 0, 0);

		sys_env_set_status(0, ENV_RUNNABLE);
		pages(nobody, stranger);
		environments(nobody, stranger);
		/* let it go, then it is nobody */
		ipc_send(child, 0, 0, 0);
		while (envs[ENVX(stranger)].env_id == stranger &&
		       envs[ENVX(stranger)].env_status != ENV_FREE) {
			sys_yield();
		}
		messages(stranger, parent);
	}

	set_pgfault_handler(0);
	if ((child = fork()) == 0) {
		receiver(parent);
		return;
	}
	sys_page_alloc(0, PAGE, RW);
	*(int *)PAGE = 4711;
	sys_page_map(0, PAGE, 0, OTHER, RO);
	while (!envs[ENVX(child)].env_ipc_recving) {
		sys_yield();
	}
	CHECK(sys_ipc_try_send(child, 1, (char *)PAGE + 1, RO), -E_INVAL);
	CHECK(sys_ipc_try_send(child, 1, PAGE, PTE_P), -E_INVAL);
	CHECK(sys_ipc_try_send(child, 1, PAGE, RO | PTE_PS), -E_INVAL);
	CHECK(sys_ipc_try_send(child, 1, OTHER, RW), -E_INVAL); /* read-only here */
	CHECK(sys_ipc_try_send(child, 1, (void *)0x30000000, RO), -E_INVAL);
	CHECK(sys_ipc_try_send(child, 1, PAGE, RO), 0);
	CHECK(send_when_ready(child, 2, PAGE, RW), 0);
	CHECK(send_when_ready(child, 3, (void *)UTOP, RW), 0);
	CHECK(send_when_ready(child, 4, PAGE, RW | PTE_SHARE), 0);
	cprintf("%d checks passed\n", tried);
}
