/* Traps: what assembly and C call of each other. */
#pragma once

#include "kernel/abi/types.h"

struct env;
struct trapframe;

/* ---- nasm/entry/trap.asm ---- */

/* Where vectors enter, stubs of VEC_STRIDE bytes each: 0 to VEC_LAST_EXCEPTION; page faults;
 * SYSCALL_VECTOR to VEC_TIMER,
 * VEC_SPURIOUS and VEC_POKE. */
extern char trap_exceptions[], trap_page_fault[], trap_interrupts[];
/* Loads the registers of *frame, which belongs to an env, and goes to user mode. */
_Noreturn void trap_resume(struct trapframe *frame);
/* Empties this CPU's stack, enables interrupts and halts; the next interrupt enters trap_kernel. */
_Noreturn void trap_halt(vaddr_t stack_top);
/* Empties this CPU's stack, lets an interrupt that pends enter trap_kernel, else give_way_halt. */
_Noreturn void trap_give_way(vaddr_t stack_top);

/* ---- nasm/entry/sysenter.asm ---- */

/* Where sysenter enters the kernel; likewise for a caller that single-steps (trap_kernel sends it
 * there). */
extern char sysenter_entry[], sysenter_traced[];

/* ---- kernel/entry/trap.c, called by nasm/ ---- */

/* From user mode: the env's registers are saved in it. */
_Noreturn void trap_user(struct env *env);
/* A system call by sysenter that does not go the fast path: without the lock; with it. */
_Noreturn void trap_syscall(struct env *env);
_Noreturn void trap_syscall_locked(struct env *env);
/* From kernel mode: a poke that ends wait_for_interrupt or TF at sysenter (these return), an
 * interrupt while idle, an NMI, or a defect of ours. */
void trap_kernel(struct trapframe *frame);
/* The double-fault task. */
_Noreturn void trap_double_fault(void);

/* Fills the interrupt descriptor table, once; loads it on this CPU. */
void trap_init(void);
void trap_init_cpu(void);
