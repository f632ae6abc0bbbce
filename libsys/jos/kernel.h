/* The kernel's interface, for the inside of the JOS face.
 *
 * The kernel and JOS use some names for different values. Here the kernel's get a K_ in front, so
 * that one file can see both. */
#pragma once

#define E_INVAL K_E_INVAL
#define E_BAD_ENV K_E_BAD_ENV
#define E_NO_MEM K_E_NO_MEM
#define E_FAULT K_E_FAULT
#define ENV_FREE K_ENV_FREE
#define ENV_DYING K_ENV_DYING
#define ENV_RUNNABLE K_ENV_RUNNABLE
#define ENV_RUNNING K_ENV_RUNNING
#define ENV_NOT_RUNNABLE K_ENV_NOT_RUNNABLE
#include "kernel/abi/env.h"
#include "kernel/abi/ipc.h"
#include "kernel/abi/memlayout.h"
#include "kernel/abi/page.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#undef E_INVAL
#undef E_BAD_ENV
#undef E_NO_MEM
#undef E_FAULT
#undef ENV_FREE
#undef ENV_DYING
#undef ENV_RUNNABLE
#undef ENV_RUNNING
#undef ENV_NOT_RUNNABLE
/* And numbers that the JOS headers spell again. */
#define RESPELLED_NUMBERS(X)                                                                       \
	X(PGSIZE)                                                                                  \
	X(PTSIZE)                                                                                  \
	X(UTEXT)                                                                                   \
	X(PTE_P)                                                                                   \
	X(PTE_W)                                                                                   \
	X(PTE_U)                                                                                   \
	X(PTE_PWT)                                                                                 \
	X(PTE_PCD)                                                                                 \
	X(PTE_A)                                                                                   \
	X(PTE_D)                                                                                   \
	X(PTE_PS)                                                                                  \
	X(PTE_G)                                                                                   \
	X(PTE_COW)                                                                                 \
	X(PTE_SHARE)                                                                               \
	X(FEC_PR)                                                                                  \
	X(FEC_WR)                                                                                  \
	X(FEC_U)
#define KERNEL_NUMBER(name) K_##name = name,
enum { RESPELLED_NUMBERS(KERNEL_NUMBER) K_UTEMP = UTEMP, K_PFTEMP = PFTEMP };
#undef KERNEL_NUMBER

#include "libsys/enter.h"
#include "libsys/jos/inc/lib.h"

#define env_page ((volatile struct env_page *)ENVPAGE)
#define XSTACK (UXSTACKTOP - PGSIZE) /* the exception stack's page */

/* One system call. eax without its operand, then with one. The kernel's result. */
int kernel_call(enum syscall number, uint32_t ebx, uint32_t esi, uint32_t edi, uint32_t ebp);
int kernel_call_run(enum syscall number, uint32_t npages, struct syscall_regs regs);

/* JOS's result for the kernel's: 0 or a negated JOS error. */
int jos_result(int result);

/* Whether the caller may act on that env, going by the public records. */
bool jos_is_own(envid_t env);

/* The upcalls, assembly, and the way back into interrupted code with other registers. */
void _pgfault_upcall(void);
void jos_xupcall(void);
_Noreturn void jos_resume(struct UTrapframe *utf);

/* The program's handlers; NULL: none. */
extern void (*_pgfault_handler)(struct UTrapframe *utf);
extern void (*jos_exception_handler)(struct UTrapframe *utf);

/* fork() was used: pages marked PTE_COW are the library's. */
extern bool jos_cow_is_ours;

/* Makes a page that is PTE_COW writable, with a frame of its own unless it is the last user. */
int jos_page_unshare(vaddr_t va, uint32_t npages);

/* The exception stack and the page-fault upcall, if they are not there. 0 or an error. */
int jos_upcall_prepare(void);

/* Text on its way to the console, sent when full and by printbuf_flush. */
struct printbuf {
	uint32_t used;
	int count;
	char bytes[256];
};
void printbuf_put(int c, void *printbuf);
void printbuf_flush(struct printbuf *buffer);

/* The id of procmgr, kept by the start code. */
extern envid_t jos_process_manager;

void libmain(int argc, char **argv);
