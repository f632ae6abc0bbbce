/* JOS's IPC on the kernel's rendezvous: one value and at most one page.
 *
 *     register words    0: value    1: permission, 0 without a page
 *
 * The kernel moves the page with the rights that both sides agree on; software bits are the
 * receiver's, so the receiver sets those of the sender's permission afterwards, on its own entry. A
 * receive publishes value, sender and permission in the caller's record (IPC_PUBLISH). On JOS a
 * sender tries until the receiver waits, so it goes on before the receiver does, and programs count
 * on that: they send, and then look at memory that the receiver will change. IPC_PUBLISH keeps that
 * order for senders that the kernel had queued. */
#include "libsys/jos/kernel.h"

enum { ONE_WORD_MORE = IPC_WORDS(2) };

static bool wants_page(const void *pg)
{
	return (uintptr_t)pg < UTOP;
}

/* What JOS says about the arguments of a send. */
static int check_send(const void *pg, int perm)
{
	if (!wants_page(pg)) {
		return 0;
	}
	if (PGOFF(pg) != 0 || (perm & (PTE_U | PTE_P)) != (PTE_U | PTE_P) || perm & ~PTE_SYSCALL) {
		return -E_INVAL;
	}
	return 0;
}

/* The kernel's result of sending to `to`. */
static int send(envid_t to, uint32_t value, void *pg, int perm, uint32_t flags)
{
	struct syscall_regs regs = {.ebx = (uint32_t)to, .esi = value, .edi = 0};

	if (wants_page(pg)) {
		env_page->send_va = (vaddr_t)pg;
		env_page->send_npages = 1;
		env_page->send_mode = IPC_MODE_MAP | (perm & PTE_W ? IPC_MODE_WRITABLE : 0);
		regs.edi = (uint32_t)perm;
		flags |= IPC_PAGES;
	}
	return syscall_raw(SYS_IPC | IPC_SEND | ONE_WORD_MORE | flags, &regs);
}

/* Whether there is such an env. */
static bool exists(envid_t env)
{
	const volatile struct Env *record = &envs[ENVX(env)];
	unsigned status = record->env_status; /* before the id, and once: as in libsys/record.c */

	return record->env_id == env && status != ENV_FREE && status != ENV_DYING;
}

static int send_result(int result)
{
	return result == E_PERM ? -E_INVAL : jos_result(result); /* the page, not the env */
}

int sys_ipc_try_send(envid_t to_env, uint32_t value, void *pg, int perm)
{
	envid_t to = to_env != 0 ? to_env : env_page->id;
	int error = check_send(pg, perm);

	if (!exists(to)) {
		return -E_BAD_ENV;
	}
	if (!error && to == env_page->id) {
		return -E_IPC_NOT_RECV;
	}
	return error ? error : send_result(send(to, value, pg, perm, IPC_SEND_NOWAIT));
}

/* After a page came: the software bits that the sender named, and no rights that it did not. */
static void apply_perm(void *pg, uint32_t perm)
{
	if (perm & PTE_AVAIL) {
		kernel_call(SYS_PAGE_MARK, 0, (uint32_t)pg, perm & (PTE_W | PTE_AVAIL), 0);
	}
}

/* Receives from anyone. *regs is the message as the kernel left it. Pending bits are no message. */
static int receive(void *pg, struct syscall_regs *regs)
{
	uint32_t flags = SYS_IPC | IPC_RECV | IPC_PUBLISH;
	int result;

	if (wants_page(pg)) {
		if (PGOFF(pg) != 0) {
			return -E_INVAL;
		}
		env_page->recv_va = (vaddr_t)pg | PTE_W;
		env_page->recv_npages = 1;
		flags |= IPC_WINDOW;
	}
	do {
		*regs = (struct syscall_regs){0};
		result = syscall_raw(flags, regs);
	} while (result >= 0 && regs->ebx == 0);
	if (result < 0) {
		return jos_result(result);
	}
	if (IPC_GOT_PAGES(result) == 0) {
		regs->edi = 0;
	} else {
		apply_perm(pg, regs->edi);
	}
	return 0;
}

int sys_ipc_recv(void *rcv_pg)
{
	struct syscall_regs regs;

	return receive(rcv_pg, &regs);
}

/* Who sends to itself does not receive: JOS tries for ever. */
static _Noreturn void wait_for_ever(void)
{
	for (;;) {
		struct syscall_regs regs = {.ebx = (uint32_t)env_page->id};

		syscall_raw(SYS_IPC | IPC_RECV, &regs);
	}
}

/* The kernel queues us at the receiver: there is nothing to repeat. */
void ipc_send(envid_t to_env, uint32_t value, void *pg, int perm)
{
	void *page = pg ? pg : (void *)UTOP;
	int error = check_send(page, perm);

	if (!error && (to_env == 0 || to_env == env_page->id)) {
		wait_for_ever();
	}
	if (!error) {
		error = send_result(send(to_env, value, page, perm, 0));
	}
	if (error) {
		panic("ipc_send to %08x: %e", to_env, error);
	}
}

int32_t ipc_recv(envid_t *from_env_store, void *pg, int *perm_store)
{
	struct syscall_regs regs = {0};
	int error = receive(pg ? pg : (void *)UTOP, &regs);

	if (error) {
		regs = (struct syscall_regs){.esi = (uint32_t)error};
	}
	if (from_env_store) {
		*from_env_store = (envid_t)regs.ebx;
	}
	if (perm_store) {
		*perm_store = (int)regs.edi;
	}
	return (int32_t)regs.esi;
}

envid_t ipc_find_env(enum EnvType type)
{
	for (int i = 0; i < NENV; i++) {
		if (envs[i].env_status != ENV_FREE && envs[i].env_type == type) {
			return envs[i].env_id;
		}
	}
	return 0;
}
