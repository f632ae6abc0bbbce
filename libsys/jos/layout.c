/* Nothing but proof that the JOS face and the kernel mean the same. */
#include "libsys/jos/kernel.h"

#define SAME_FIELD(jos, kernel)                                                                    \
	_Static_assert(offsetof(struct Env, jos) == offsetof(struct env_info, kernel) &&           \
	                       sizeof(((struct Env *)0)->jos) ==                                   \
	                               sizeof(((struct env_info *)0)->kernel),                     \
	               #jos)

_Static_assert(sizeof(struct Env) == sizeof(struct env_info), "records");
SAME_FIELD(env_id, id);
SAME_FIELD(env_parent_id, parent);
SAME_FIELD(env_status, status);
SAME_FIELD(env_runs, runs);
SAME_FIELD(env_cpunum, cpu);
SAME_FIELD(env_controller, controller);
SAME_FIELD(env_pager, pager);
SAME_FIELD(env_pages, pages);
SAME_FIELD(env_limit, limit);
SAME_FIELD(env_waits, waits);
SAME_FIELD(env_partner, partner);
SAME_FIELD(env_ipc_recving, ipc_receiving);
SAME_FIELD(env_ipc_dstva, ipc_window);
SAME_FIELD(env_ipc_value, ipc_value);
SAME_FIELD(env_ipc_from, ipc_from);
SAME_FIELD(env_ipc_perm, ipc_perm);
SAME_FIELD(env_label, label);
SAME_FIELD(env_faults, faults);
SAME_FIELD(env_pgfault_upcall, upcall);
SAME_FIELD(env_type, reserved); /* ENV_TYPE_USER is 0 */

#define SAME_VALUE(name) _Static_assert((int)name == (int)K_##name, #name)
SAME_VALUE(ENV_FREE);
SAME_VALUE(ENV_DYING);
SAME_VALUE(ENV_RUNNABLE);
SAME_VALUE(ENV_RUNNING);
SAME_VALUE(ENV_NOT_RUNNABLE);

#define SAME_NUMBER(name) _Static_assert((name) == (uint32_t)K_##name, #name);
RESPELLED_NUMBERS(SAME_NUMBER)
_Static_assert(PTE_AVAIL == PTE_SOFT, "the bits of programs");

#define SAME_REGISTER(jos, kernel)                                                                 \
	_Static_assert(offsetof(struct UTrapframe, jos) == offsetof(struct utrapframe, kernel),    \
	               #jos)
SAME_REGISTER(utf_fault_va, fault_va);
SAME_REGISTER(utf_err, err);
SAME_REGISTER(utf_regs, edi);
SAME_REGISTER(utf_regs.reg_eax, eax);
SAME_REGISTER(utf_eip, eip);
SAME_REGISTER(utf_eflags, eflags);
SAME_REGISTER(utf_esp, esp);

_Static_assert(1 << LOG2NENV == NENV, "slots");
_Static_assert(ENVGENSHIFT == ENV_GENSHIFT, "generations");
_Static_assert(T_SYSCALL == SYSCALL_VECTOR, "the way into the kernel");
_Static_assert(PDXSHIFT == PTSHIFT && PTXSHIFT == PGSHIFT, "paging");
_Static_assert(K_UTEMP == PTSIZE && K_PFTEMP == K_UTEMP + PTSIZE - PGSIZE, "UTEMP, PFTEMP");
_Static_assert(UENVS == UTOP, "envs in nasm/user/jos_start.asm");
