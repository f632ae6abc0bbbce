/* JOS's system calls but those of IPC and the console.
 *
 * Each checks what JOS checks (addresses, permission bits), enters the kernel and translates the
 * answer. Nothing is remembered; none blocks but sys_yield. */
#include "libsys/jos/kernel.h"

enum { OPERAND_SHIFT = 8 };

int kernel_call(enum syscall number, uint32_t ebx, uint32_t esi, uint32_t edi, uint32_t ebp)
{
	struct syscall_regs regs = {ebx, esi, edi, ebp};

	return syscall_raw(number, &regs);
}

/* A page call on a whole run: again and again until all is done, or one fails. The second address
 * is in ebp. OK or the kernel's error. */
int kernel_call_run(enum syscall number, uint32_t npages, struct syscall_regs regs)
{
	while (npages > 0) {
		struct syscall_regs part = regs;
		int done = syscall_raw(number | npages << OPERAND_SHIFT, &part);

		if (done < 0) {
			return done;
		}
		npages -= MIN((uint32_t)done, npages);
		regs.esi += (uint32_t)done * PGSIZE;
		regs.ebp += (uint32_t)done * PGSIZE;
	}
	return OK;
}

int jos_result(int result)
{
	switch (result) {
	case K_E_INVAL:
	case K_E_FAULT: return -E_INVAL; /* no page at the source */
	case K_E_BAD_ENV:
	case E_PERM:
	case E_DEAD: return -E_BAD_ENV;
	case K_E_NO_MEM:
	case E_LIMIT: return -E_NO_MEM;
	case E_NO_ENV: return -E_NO_FREE_ENV;
	case E_NOT_WAITING: return -E_IPC_NOT_RECV;
	default: return result >= 0 ? 0 : -E_UNSPECIFIED;
	}
}

bool jos_is_own(envid_t env)
{
	const volatile struct Env *record = &envs[ENVX(env)];
	envid_t self = env_page->id;

	return env == 0 || env == self || (record->env_id == env && record->env_controller == self);
}

static bool page_ok(const void *pg)
{
	return (uintptr_t)pg < UTOP && PGOFF(pg) == 0;
}

static bool perm_ok(int perm)
{
	return (perm & (PTE_U | PTE_P)) == (PTE_U | PTE_P) && (perm & ~PTE_SYSCALL) == 0;
}

/* The bits of perm that travel in the low bits of an address. */
static uint32_t with_perm(const void *pg, int perm)
{
	return (uint32_t)pg | (perm & (PTE_W | PTE_AVAIL));
}

envid_t sys_getenvid(void)
{
	return kernel_call(SYS_SELF, 0, 0, 0, 0);
}

void sys_yield(void)
{
	kernel_call(SYS_YIELD, 0, 0, 0, 0);
}

int sys_env_destroy(envid_t env)
{
	return jos_result(kernel_call(SYS_ENV_DESTROY, (uint32_t)env, 0, 0, 0));
}

int sys_env_set_status(envid_t env, int status)
{
	if (status != ENV_RUNNABLE && status != ENV_NOT_RUNNABLE) {
		return -E_INVAL;
	}
	return jos_result(
		kernel_call(SYS_ENV_SET, (uint32_t)env, ENV_RUN, status == ENV_RUNNABLE, 0));
}

int sys_env_set_pgfault_upcall(envid_t env, void *upcall)
{
	return jos_result(kernel_call(SYS_ENV_SET, (uint32_t)env, ENV_UPCALL, (uint32_t)upcall, 0));
}

/* The caller goes on as *tf says. */
static _Noreturn void become(const struct Trapframe *tf)
{
	struct UTrapframe utf = {
		.utf_regs = tf->tf_regs,
		.utf_eip = tf->tf_eip,
		.utf_eflags = tf->tf_eflags,
		.utf_esp = tf->tf_esp,
	};

	jos_resume(&utf);
}

int sys_env_set_trapframe(envid_t env, struct Trapframe *tf)
{
	volatile struct env_regs *regs = (volatile struct env_regs *)&env_page->msg[3];
	const struct PushRegs *pushed = &tf->tf_regs;

	if (env == 0 || env == env_page->id) {
		become(tf);
	}
	regs->edi = pushed->reg_edi;
	regs->esi = pushed->reg_esi;
	regs->ebp = pushed->reg_ebp;
	regs->ebx = pushed->reg_ebx;
	regs->edx = pushed->reg_edx;
	regs->ecx = pushed->reg_ecx;
	regs->eax = pushed->reg_eax;
	regs->eip = tf->tf_eip;
	regs->eflags = tf->tf_eflags;
	regs->esp = tf->tf_esp;
	return jos_result(kernel_call(SYS_ENV_REGS, (uint32_t)env, 1, 0, 0));
}

int sys_page_alloc(envid_t env, void *pg, int perm)
{
	if (!page_ok(pg) || !perm_ok(perm)) {
		return -E_INVAL;
	}
	return jos_result(kernel_call(SYS_PAGE_ALLOC, (uint32_t)env, with_perm(pg, perm), 0, 0));
}

int sys_page_map(envid_t src_env, void *src_pg, envid_t dst_env, void *dst_pg, int perm)
{
	int result;

	if (!page_ok(src_pg) || !page_ok(dst_pg) || !perm_ok(perm)) {
		return -E_INVAL;
	}
	result = kernel_call(SYS_PAGE_MAP, (uint32_t)src_env, (uint32_t)src_pg, (uint32_t)dst_env,
	                     with_perm(dst_pg, perm));
	/* Of envs that are ours it is the page that may not be written. */
	if (result == E_PERM && jos_is_own(src_env) && jos_is_own(dst_env)) {
		return -E_INVAL;
	}
	return jos_result(result);
}

int sys_page_unmap(envid_t env, void *pg)
{
	if (!page_ok(pg)) {
		return -E_INVAL;
	}
	return jos_result(kernel_call(SYS_PAGE_UNMAP, (uint32_t)env, (uint32_t)pg, 0, 0));
}

int jos_exofork_number(void)
{
	return SYS_ENV_FORK;
}

int jos_exofork_result(int result)
{
	return result == E_LIMIT ? -E_NO_FREE_ENV : jos_result(result);
}

int pageref(void *va)
{
	struct syscall_regs regs = {.esi = ROUNDDOWN((uint32_t)va, PGSIZE)};
	int result = syscall_raw(SYS_PAGE_QUERY | 1 << OPERAND_SHIFT, &regs);

	return result < 0 ? 0 : (int)regs.esi;
}
