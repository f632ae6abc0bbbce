/* Page faults and other exceptions of user programs. A page fault goes the way that ENV_FAULTS
 * says: to the env's upcall, to its pager (faultcall.c), or to the kernel (kfault.c). An exception
 * goes to the upcall.
 *
 * Upcalls: the kernel pushes a struct utrapframe on the exception stack and enters the program at
 * the address in its env page.
 *
 *     UXSTACKTOP ->  +---------------------+      nested fault:   | ... interrupted handler  |
 *                    | struct utrapframe   |                      | scratch word             |
 *     esp        ->  +---------------------+                      | struct utrapframe        |
 *                                                          esp -> +--------------------------+
 *
 * The scratch word gives the returning stub room for the eip that it must leave on the stack it
 * returns to. The env ends when it has no upcall, its exception stack is not a page it may write,
 * or the frame does not fit. */
#include "kernel/fault/fault.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/ipc/faultcall.h"
#include "kernel/life/life.h"

enum { XSTACK = UXSTACKTOP - PGSIZE };

static COLD struct env *end_faulting(struct env *env, enum death cause, vaddr_t va, uint32_t code)
{
	const uint32_t death[4] = {cause, va, env->tf.eip, code};

	life_destroy(env, death, false);
	return NULL;
}

/* Enters the upcall, or ends the env. `value` is the frame's first word. The stack is written
 * through the kernel's own mapping of its frame: the user address may stand in the TLB with older
 * rights. */
static struct env *enter_upcall(struct env *env, vaddr_t upcall, uint32_t value)
{
	enum { RIGHTS = PTE_P | PTE_U | PTE_W, PUSHA_WORDS = 8 };
	struct trapframe *tf = &env->tf;
	bool nested = tf->esp > USTACKTOP && tf->esp <= UXSTACKTOP; /* the guard page counts */
	vaddr_t esp = (nested ? tf->esp - 4 : UXSTACKTOP) - sizeof(struct utrapframe);
	const pte_t *stack = space_find(&env->space, XSTACK);
	struct utrapframe *frame;

	if (!stack || (*stack & RIGHTS) != RIGHTS) {
		hook_event(EVENT_BAD_POINTER, env, esp);
		return end_faulting(env, DEATH_NO_STACK, value, tf->err);
	}
	if (nested && esp < XSTACK) {
		hook_event(EVENT_BAD_POINTER, env, esp);
		return end_faulting(env, DEATH_STACK_FULL, value, tf->err);
	}
	frame = frame_enter(PTE_ADDR(*stack), FRAME_SLOT_DST) + esp - XSTACK;
	frame->fault_va = value;
	frame->err = tf->err;
	tf->kesp = 0; /* pusha left an address of the kernel's there */
	copy_words(&frame->edi, &tf->edi, PUSHA_WORDS);
	frame->eip = tf->eip;
	frame->eflags = tf->eflags & ~(uint32_t)FL_RF;
	frame->esp = tf->esp;
	tf->esp = esp;
	tf->eip = upcall;
	tf->eflags &= ~(FL_TF | FL_DF | FL_RF);
	return env;
}

struct env *fault_page(struct env *env, vaddr_t va)
{
	vaddr_t upcall;

	debug_assert(lock_held());
	env->info->faults.all++;
	if (env->faults != FAULTS_UPCALL) {
		if (env->faults == FAULTS_KERNEL && kfault_page(env, va)) {
			return env;
		}
		if (env->info->pager) {
			env->page->faults++;
			env->fault_va = va;
			return faultcall_begin(env);
		}
	}
	upcall = env->page->upcall;
	if (!upcall) {
		hook_event(EVENT_FAULT, env, va);
		return end_faulting(env, DEATH_NO_UPCALL, va, env->tf.err);
	}
	env->page->faults++;
	return enter_upcall(env, upcall, va);
}

COLD struct env *fault_exception(struct env *env)
{
	vaddr_t upcall = env->page->xupcall;

	debug_assert(lock_held());
	if (!upcall) {
		hook_event(EVENT_EXCEPTION, env, 0);
		return end_faulting(env, DEATH_EXCEPTION, 0, env->tf.vector);
	}
	return enter_upcall(env, upcall, env->tf.vector);
}

COLD struct env *fault_on_resume(struct env *env)
{
	bool trap = env->on_resume == ON_RESUME_TRAP;

	state_on_resume(env, ON_RESUME_NOTHING);
	if (trap) {
		return fault_exception(env);
	}
	if (env->refusal == E_FAULT && env->page->upcall) {
		return enter_upcall(env, env->page->upcall, env->fault_va);
	}
	hook_event(EVENT_FAULT, env, env->fault_va);
	return end_faulting(env, DEATH_REFUSED, env->fault_va,
	                    env->tf.err | (0u - env->refusal) << DEATH_STATUS_SHIFT);
}
