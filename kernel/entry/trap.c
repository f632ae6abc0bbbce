/* Traps: the interrupt descriptor table, and one dispatch for what comes from user mode and one for
 * what comes from kernel mode.
 *
 * The kernel runs with interrupts off and is entered on an empty stack each time: it never returns
 * to what it did before, it resumes an env or halts. Only an idle CPU takes interrupts in kernel
 * mode, and one that waits for the lock takes pokes; anything else from kernel mode is a defect,
 * and a panic. */
#include "kernel/entry/trap.h"

#include "kernel/abi/syscall.h"
#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/x86.h"
#include "kernel/boot/boot.h"
#include "kernel/call/hint.h"
#include "kernel/call/syscall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/entry/panic.h"
#include "kernel/entry/resume.h"
#include "kernel/env/env.h"
#include "kernel/fault/fault.h"
#include "kernel/ipc/deadline.h"
#include "kernel/ipc/ipc.h"
#include "kernel/life/life.h"
#include "kernel/machine/apic.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

enum { GATE_INTERRUPT = 0x8E00, GATE_USER = 0x6000, GATE_TASK = 0x8500 }; /* SDM vol. 3, 6.11 */

static struct descriptor idt[VEC_COUNT];

static INIT bool user_may_raise(uint32_t vector)
{
	return vector == VEC_BREAKPOINT || vector == VEC_OVERFLOW || vector == SYSCALL_VECTOR;
}

/* Gates for the vectors from `first` to `last`, to stubs that follow each other. */
static INIT void set_gates(uint32_t first, uint32_t last, const char *stub)
{
	for (uint32_t v = first; v <= last; v++, stub += VEC_STRIDE) {
		uint32_t at = (uint32_t)stub, rights = user_may_raise(v) ? GATE_USER : 0;

		idt[v].low = SEL_KCODE << 16 | (at & 0xFFFF);
		idt[v].high = (at & 0xFFFF0000) | GATE_INTERRUPT | rights;
	}
}

INIT void trap_init(void)
{
	enum { IN_ROW = VEC_TIMER + 1 - SYSCALL_VECTOR };

	set_gates(0, VEC_LAST_EXCEPTION, trap_exceptions);
	set_gates(VEC_PAGE_FAULT, VEC_PAGE_FAULT, trap_page_fault);
	set_gates(SYSCALL_VECTOR, VEC_TIMER, trap_interrupts);
	set_gates(VEC_SPURIOUS, VEC_POKE, trap_interrupts + IN_ROW * VEC_STRIDE);
	idt[VEC_DOUBLE_FAULT] = (struct descriptor){SEL_DFTSS << 16, GATE_TASK};
}

INIT void trap_init_cpu(void)
{
	struct descriptor_ptr where = {sizeof(idt) - 1, (uint32_t)idt};

	lidt(&where);
}

static bool is_interrupt(uint32_t vector)
{
	return vector >= VEC_IRQ0;
}

/* Takes the kernel lock, after telling the local APIC of an interrupt: the poke that may end our
 * wait must not be held back by the interrupt that brought us here. */
static void take_lock(struct cpu *cpu, uint32_t vector)
{
	if (is_interrupt(vector) && vector != VEC_SPURIOUS) {
		apic_end_of_interrupt();
	}
	lock_acquire(cpu);
}

/* Ends waits whose time has come. If there are many, a poke of our own leads here again: others'
 * calls and interrupts come in between. */
static void end_late_waits(struct cpu *cpu)
{
	uint32_t left = CLOCKS_MAX;
	struct env *env;

	while (left && (env = clock_expired())) {
		deadline_passed(env);
		left--;
	}
	cpu->late = !left;
	if (cpu->late) {
		apic_poke(cpu->apic_id);
	}
}

/* Handles an interrupt; who runs next. */
static struct env *handle_interrupt(struct cpu *cpu, uint32_t vector)
{
	runqueue_age = rdtsc() >> AGE_SHIFT; /* each idle time ends here, and each tick */
	if (vector == VEC_TIMER) {
		deadline_arm(cpu);
		end_late_waits(cpu);
		life_teardown_step();
		return sched_tick(cpu);
	}
	if (cpu->late) {
		end_late_waits(cpu);
	}
	if (vector >= VEC_IRQ0 && vector < VEC_IRQ0 + 16) {
		syscall_irq(vector - VEC_IRQ0);
	}
	return cpu->env;
}

void trap_user(struct env *env)
{
	struct cpu *cpu = env->space.cpu;
	uint32_t vector = env->tf.vector, va = rcr2();

	if (vector == VEC_NMI) {
		panic_stop(&env->tf);
	}
	if (vector == VEC_POKE) { /* a request: no need for the lock, if the env may stay */
		apic_end_of_interrupt();
		cpu_answer(cpu);
		if (cpu->env == env && !cpu->late) {
			trap_resume(&env->tf);
		}
		lock_acquire(cpu);
		resume(cpu, handle_interrupt(cpu, vector));
	}
	if (vector == SYSCALL_VECTOR && hint_is_done(env)) {
		trap_resume(&env->tf);
	}
	take_lock(cpu, vector);
	if (is_interrupt(vector)) {
		hook_event(EVENT_ENTER, cpu->env, va);
		resume(cpu, handle_interrupt(cpu, vector));
	}
	if (cpu->env != env) { /* taken away while we waited for the lock */
		resume(cpu, NULL);
	}
	hook_event(EVENT_ENTER, env, va);
	switch (vector) {
	case SYSCALL_VECTOR: resume(cpu, syscall_dispatch(env));
	case VEC_PAGE_FAULT: resume(cpu, fault_page(env, va));
	case VEC_NO_FPU: switch_fpu_load(cpu); resume(cpu, env);
	default: resume(cpu, fault_exception(env));
	}
}

void trap_syscall_locked(struct env *env)
{
	lock_taken(env->space.cpu);
	hook_event(EVENT_ENTER, env, 0);
	resume(env->space.cpu, syscall_dispatch(env));
}

void trap_syscall(struct env *env)
{
	struct cpu *cpu = env->space.cpu;

	if (hint_is_done(env)) {
		trap_resume(&env->tf);
	}
	lock_acquire(cpu);
	if (cpu->env != env) { /* taken away while we waited for the lock */
		resume(cpu, NULL);
	}
	trap_syscall_locked(env);
}

void trap_kernel(struct trapframe *frame)
{
	struct cpu *cpu = this_cpu();
	uint32_t vector = frame->vector;

	if (vector == VEC_NMI) {
		panic_stop(frame);
	}
	if (!cpu->in_halt &&
	    (vector == VEC_POKE || vector == VEC_SPURIOUS)) { /* from wait_for_interrupt */
		if (vector == VEC_POKE) {
			apic_end_of_interrupt();
		}
		return;
	}
	if (vector == VEC_DEBUG && frame->eip == (uint32_t)sysenter_entry) {
		frame->eip = (uint32_t)sysenter_traced;
		frame->eflags &= ~FL_TF;
		return;
	}
	if (!cpu->in_halt || !is_interrupt(vector)) {
		panic_frame(frame, "exception in the kernel", NULL);
	}
	cpu->in_halt = false;
	take_lock(cpu, vector);
	hook_event(EVENT_WAKE, NULL, vector);
	runqueue_idle &= ~cpu->queue->bit; /* work that comes needs no poke */
	resume(cpu, handle_interrupt(cpu, vector));
}

void trap_double_fault(void)
{
	struct cpu *cpu = cpu_by_gdt();
	const struct tss *was = &cpu->tss; /* the task switch saved the registers here */
	struct trapframe frame = {
		.vector = VEC_DOUBLE_FAULT, .eip = was->eip, .cs = was->cs, .eflags = was->eflags};

	for (uint32_t i = 0; i < 8; i++) { /* a TSS has them in the order in which pusha pushes */
		(&frame.eax)[-i] = (&was->eax)[i];
	}
	frame.kesp -= 20;         /* as if pushed there */
	cpu_boot_stack_cpu = cpu; /* of the stack that we are on */
	panic_frame(&frame, "double fault (kernel stack overflow?)", NULL);
}
