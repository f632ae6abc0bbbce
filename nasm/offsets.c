/* Constants that assembly needs, from the C headers: compiled to assembly, never linked; the
 * Makefile turns the "->NAME value" lines into build/constants.inc. What has the same name in both
 * languages is found by itself: the Makefile defines ALL_OTHERS with what scripts/nasm-names prints. */
#include "kernel/cpu.h"
#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/smp.h"
#include "kernel/trap.h"
#include "kernel/x86.h"

#define CONSTANT(name, value) asm volatile("\n->" #name " %c0" : : "i"((unsigned long long)(value)))
#define OFFSET(name, type, member) CONSTANT(name, offsetof(struct type, member))
#define SAME(name) asm volatile("\n->" #name " %c0" : : "i"((unsigned long long)(name)))

void offsets_of_env(void)
{
	_Static_assert(offsetof(struct env, tf) == 0, "trap entry takes the frame for the env");
	OFFSET(TF_CS, trapframe, cs);
	OFFSET(TF_EAX, trapframe, eax);
	OFFSET(TF_EDI, trapframe, edi);
	OFFSET(TF_EBX, trapframe, ebx);
	OFFSET(TF_ESI, trapframe, esi);
	OFFSET(TF_VECTOR, trapframe, vector);
	OFFSET(TF_EIP, trapframe, eip);
	OFFSET(TF_EFLAGS, trapframe, eflags);
	OFFSET(TF_ESP, trapframe, esp);
	CONSTANT(TF_SIZE, sizeof(struct trapframe));
	OFFSET(ENV_CPU, env, cpu);
	CONSTANT(ENV_SIZE, sizeof(struct env));
	OFFSET(ENV_ID, env, id);
	OFFSET(ENV_PAGE, env, page);
	OFFSET(ENV_INFO, env, info);
	OFFSET(ENV_CR3, env, space.cr3);
	OFFSET(ENV_AWAITED, env, awaited);
	OFFSET(ENV_IPC, env, ipc);
	OFFSET(ENV_FAULTING, env, faulting);
	OFFSET(ENV_DUE, env, due);
	OFFSET(ENV_NPORTS, env, nports);
	OFFSET(ENV_HEARS, env, hears);
	OFFSET(ENV_FAULT_US, env, fault_us);
	OFFSET(ENV_NOTED, env, noted);
	OFFSET(ENV_PARTNER, env, partner);
	OFFSET(ENV_IPC_FLAGS, env, ipc_flags);
	OFFSET(ENV_SENDERS, env, senders_head);
	OFFSET(ENV_PENDING, env, pending);
	OFFSET(INFO_STATUS, env_info, status);
	OFFSET(INFO_RUNS, env_info, runs);
	OFFSET(INFO_WAITS, env_info, waits);
	OFFSET(INFO_PARTNER, env_info, partner);
}

void offsets_of_others(void)
{
	OFFSET(FRAME_REFS, frame, refs);
	CONSTANT(FRAME_SIZE, sizeof(struct frame));
	OFFSET(COUNTS_SHARED, frame_counts, shared);
	OFFSET(CPU_KSTACK, cpu, kstack);
	OFFSET(CPU_ENTRY, cpu, entry);
	OFFSET(CPU_ENV, cpu, env);
	OFFSET(CPU_CR3, cpu, cr3);
	OFFSET(CPU_ESP0, cpu, tss.esp0);
	OFFSET(CPU_GDT, cpu, gdt);
	OFFSET(CPU_SWITCHES, cpu, switches);
	OFFSET(CPU_SWITCH_WORK, cpu, switch_work);
	OFFSET(MAIL_PGDIR, trampoline_mail, pgdir);
	OFFSET(MAIL_STACK, trampoline_mail, stack);
	OFFSET(MAIL_ENTRY, trampoline_mail, entry);
	CONSTANT(MAIL_SIZE, sizeof(struct trampoline_mail));
	OFFSET(UTF_VA, utrapframe, fault_va);
	OFFSET(UTF_ERR, utrapframe, err);
	OFFSET(UTF_EDI, utrapframe, edi);
	OFFSET(UTF_EIP, utrapframe, eip);
	OFFSET(UTF_EFLAGS, utrapframe, eflags);
	OFFSET(UTF_ESP, utrapframe, esp);
	OFFSET(EP_CONTROLLER, env_page, controller);
	OFFSET(EP_USER, env_page, user);
	OFFSET(EP_SYSENTER, env_page, sysenter);
	OFFSET(EP_MSG, env_page, msg);
	OFFSET(EP_RECV_VA, env_page, recv_va);
	OFFSET(EP_RECV_NPAGES, env_page, recv_npages);
	OFFSET(EP_ID, env_page, id);
	OFFSET(EP_PAGER, env_page, pager);
	OFFSET(EP_UPCALL, env_page, upcall);
	OFFSET(EP_XUPCALL, env_page, xupcall);
	OFFSET(EP_FAULT_PATH, env_page, fault_path);
}

void constants_of_memory(void)
{
	CONSTANT(MINUS_E_FAULT, -E_FAULT);
	ALL_OTHERS
}
