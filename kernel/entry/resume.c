/* The way out of the kernel: to an env, or to a halt.
 *
 * The timer of a CPU interrupts once, after a tick or at the end of the slice, whatever is first;
 * in each tick that the CPU runs an env there is an interrupt. Who begins a turn changes nothing
 * about that: the end of its slice is a tick away at least, but for what it owes, and then the late
 * end is debt again. An idle CPU halts on the kernel's own page directory and takes no ticks,
 * unless a time-out pends. */
#include "kernel/entry/resume.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/call/syscall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/entry/trap.h"
#include "kernel/env/env.h"
#include "kernel/fault/fault.h"
#include "kernel/ipc/deadline.h"
#include "kernel/life/life.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/time.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

static COLD _Noreturn void halt_idle(struct cpu *cpu)
{
	cpu->in_halt = true;
	runqueue_idle |= cpu->queue->bit;
	if (cpu->ticking != (clock_pending > 0)) {
		cpu->ticking = clock_pending > 0;
		apic_timer_set(cpu->ticking ? time_timer_per_tick : 0);
	}
	hook_event(EVENT_IDLE, NULL, 0);
	if (runqueue_idle == (1u << cpu_count) - 1 && !clock_pending) {
		syscall_irq(IRQ_STANDSTILL);
	}
	lock_release();
	trap_halt(cpu->kstack);
}

/* Comes back at once, as from a halt: others' calls come first, and every interrupt that pends. The
 * poke of its own that brings it back comes before all others, so they are let in before. */
static COLD _Noreturn void give_way(struct cpu *cpu)
{
	switch_leave(cpu);
	cpu->in_halt = true;
	hook_event(EVENT_IDLE, NULL, 0);
	lock_release();
	trap_give_way(cpu->kstack);
}

void give_way_halt(void)
{
	struct cpu *cpu = this_cpu();

	apic_poke(cpu->apic_id);
	trap_halt(cpu->kstack);
}

/* An env for this CPU. If there is none, some work that is left, or a halt: this entry is over. */
static COLD struct env *find_env(struct cpu *cpu)
{
	struct runner *runner = runqueue_take(cpu->queue, sched_now());

	if (!runner) {
		switch_leave(cpu);
		if (deadline_arm(cpu) || life_teardown_step()) {
			give_way(cpu);
		}
		halt_idle(cpu);
	}
	if (runqueue_idle) {
		sched_call_idle(cpu->queue);
	}
	return sched_env_of(runner);
}

COLD void resume(struct cpu *cpu, struct env *next)
{
	debug_assert(lock_held());
	for (;;) {
		next = next ? next : find_env(cpu);
		switch_env(cpu, next);
		if (!next->on_resume) {
			break;
		}
		next = fault_on_resume(next);
		if (!next) { /* it has died, perhaps one of a thousand that do */
			give_way(cpu);
		}
	}
	if (!cpu->ticking) { /* the next interrupt of the timer */
		uint32_t left = cpu->queue->slice_end - sched_now();

		left = left < runqueue_quantum ? left : runqueue_quantum;
		apic_timer_set(time_mul_div(left, time_timer_per_tick, runqueue_quantum) + 1);
		cpu->ticking = true;
	}
	hook_event(EVENT_RESUME, next, 0);
	lock_release();
	trap_resume(&next->tf);
}
