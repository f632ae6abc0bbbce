/* Constants that assembly needs, from the C headers: compiled to assembly, never linked; the
 * Makefile turns the "->NAME value" lines into build/constants.inc. */
#include "kernel/cpu.h"
#include "kernel/env.h"
#include "kernel/smp.h"
#include "kernel/trap.h"
#include "kernel/x86.h"

#define CONSTANT(name, value) asm volatile("\n->" #name " %c0" : : "i"((unsigned long long)(value)))
#define SAME(name) asm volatile("\n->" #name " %c0" : : "i"((unsigned long long)(name)))

void offsets(void)
{
	_Static_assert(offsetof(struct env, tf) == 0, "trap entry takes the frame for the env");
	CONSTANT(TF_CS, offsetof(struct trapframe, cs));
	CONSTANT(ENV_CPU, offsetof(struct env, cpu));
	CONSTANT(CPU_KSTACK, offsetof(struct cpu, kstack));
	CONSTANT(MAIL_PGDIR, offsetof(struct trampoline_mail, pgdir));
	CONSTANT(MAIL_STACK, offsetof(struct trampoline_mail, stack));
	CONSTANT(MAIL_ENTRY, offsetof(struct trampoline_mail, entry));
	CONSTANT(MAIL_SIZE, sizeof(struct trampoline_mail));
	SAME(KERNBASE);
	SAME(KSTACK_STRIDE);
	SAME(PTE_P);
	SAME(PTE_W);
	SAME(PTE_PS);
	SAME(PTE_G);
	SAME(PTSIZE);
	SAME(PTSHIFT);
	SAME(CR0_PE);
	SAME(CR0_NE);
	SAME(CR0_WP);
	SAME(CR0_PG);
	SAME(CR4_PSE);
	SAME(CR4_PGE);
	SAME(SEL_KCODE);
	SAME(SEL_KDATA);
	SAME(SEL_UDATA);
	SAME(SYSCALL_VECTOR);
	SAME(VEC_COUNT);
	SAME(VEC_STRIDE);
	SAME(TRAMPOLINE);
	SAME(ENVPAGE);
	SAME(UTOP);
	SAME(UVPT);
	SAME(UVPD);
	SAME(PGSIZE);
	SAME(PGSHIFT);
	SAME(SYS_IPC);
	SAME(IPC_SEND);
	SAME(IPC_RECV);
	SAME(IPC_FAULT_CALL);
	SAME(IPC_WORDS_SHIFT);
	CONSTANT(MINUS_E_FAULT, -E_FAULT);
	CONSTANT(MINUS_E_DEAD, -E_DEAD);
	CONSTANT(MINUS_E_BAD_ENV, -E_BAD_ENV);
	CONSTANT(UTF_VA, offsetof(struct utrapframe, fault_va));
	CONSTANT(UTF_ERR, offsetof(struct utrapframe, err));
	CONSTANT(UTF_EDI, offsetof(struct utrapframe, edi));
	CONSTANT(UTF_EIP, offsetof(struct utrapframe, eip));
	CONSTANT(UTF_EFLAGS, offsetof(struct utrapframe, eflags));
	CONSTANT(UTF_ESP, offsetof(struct utrapframe, esp));
	CONSTANT(EP_CONTROLLER, offsetof(struct env_page, controller));
	CONSTANT(EP_USER, offsetof(struct env_page, user));
	CONSTANT(EP_ID, offsetof(struct env_page, id));
	CONSTANT(EP_PAGER, offsetof(struct env_page, pager));
	CONSTANT(EP_UPCALL, offsetof(struct env_page, upcall));
	CONSTANT(EP_XUPCALL, offsetof(struct env_page, xupcall));
	CONSTANT(EP_FAULT_PATH, offsetof(struct env_page, fault_path));
	SAME(FAULTS_UPCALL);
}
