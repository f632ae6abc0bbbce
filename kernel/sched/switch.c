/* Which env a CPU runs: its space, its entry stack, its FPU state, its ports. */
#include "kernel/sched/switch.h"

#include "kernel/abi/syscall.h"
#include "kernel/base/debug.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/memory/kmap.h"

/* ---- FPU: loaded at first use in a turn, saved when the env leaves the CPU ---- */

/* As after reset: control word as FNINIT leaves it; MXCSR, SDM vol. 1, 11.6.4. */
static const uint32_t fpu_reset[128] __attribute__((aligned(16))) = {0x037F, [6] = 0x1F80};

/* The registers keep nothing: the next env could read them on its way to #NM (CVE-2018-3665). */
static void switch_fpu_save(struct cpu *cpu)
{
	if (cpu->fpu) {
		fxsave(cpu->fpu->fpu);
		fxrstor(fpu_reset);
		cpu->fpu = NULL;
		cpu->switch_work &= ~SWITCH_FPU;
		lcr0(rcr0() | CR0_TS);
	}
}

void switch_fpu_copy(void *area, const struct env *like)
{
	if (like && this_cpu()->fpu == like) {
		switch_fpu_save(this_cpu());
	}
	copy_words(area, like ? (const void *)like->fpu : fpu_reset, sizeof(fpu_reset) / 4);
}

void switch_fpu_load(struct cpu *cpu)
{
	assert(!cpu->fpu);
	clts();
	fxrstor(cpu->env->fpu);
	cpu->fpu = cpu->env;
	cpu->env->page->fpu = 1;
	cpu->switch_work |= SWITCH_FPU;
}

/* ---- ports ---- */

/* Fills the bitmap for this env unless it holds its ports already. */
static void load_ports(struct cpu *cpu, const struct env *env)
{
	if (cpu->io_env == env->id) {
		return;
	}
	cpu->io_env = env->id;
	fill_words(cpu->iomap, ~0u, IO_PORTS / 32);
	for (uint32_t i = 0; i < env->nports; i++) {
		for (uint32_t port = env->ports[i].first;
		     port < (uint32_t)env->ports[i].first + env->ports[i].count; port++) {
			cpu->iomap[port / 8] &= ~(1u << port % 8);
		}
	}
}

/* Makes the ports of the env that runs here usable, and no others. */
static void set_ports(struct cpu *cpu)
{
	cpu->tss.iomap = IO_NONE;
	cpu->switch_work &= ~SWITCH_PORTS;
	if (cpu->env->nports) {
		load_ports(cpu, cpu->env);
		cpu->tss.iomap = sizeof(struct tss);
		cpu->switch_work |= SWITCH_PORTS;
	}
}

void switch_ports_changed(const struct env *env)
{
	debug_assert(lock_held());
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (cpus[i].io_env == env->id) {
			cpus[i].io_env = 0;
		}
	}
	if (env->space.cpu->env == env) {
		set_ports(env->space.cpu); /* the caller itself: others were evicted */
	}
}

/* ---- switching ---- */

void switch_env(struct cpu *cpu, struct env *next)
{
	debug_assert(lock_held());
	state_run(next);
	if (cpu->env == next) {
		return;
	}
	switch_fpu_save(cpu);
	lcr3(next->space.cr3);
	cpu->env = next;
	next->space.cpu = cpu;
	cpu->tss.esp0 = (uint32_t)(&next->tf + 1);
	cpu->entry = &next->tf.esp;
	if (next->nports || cpu->switch_work & SWITCH_PORTS) {
		set_ports(cpu);
	}
	next->info->cpu = cpu->index;
	next->info->runs++;
}

void switch_leave(struct cpu *cpu)
{
	switch_fpu_save(cpu);
	if (cpu->env) {
		cpu->env = NULL;
		lcr3(frame_low_addr(kmap_pgdir));
	}
}

/* ---- eviction ---- */

/* Whatever brought the env into the kernel is done anew when it runs again. Faults come by
 * themselves; a system call executes the `int` before its return address (syscall.h); traps, which
 * happened, are remembered. */
void switch_evict(struct cpu *cpu)
{
	struct env *env = cpu->env;
	uint32_t vector = env->tf.vector;

	if (vector == SYSCALL_VECTOR || vector == VEC_SYSENTER) {
		env->tf.eip -= 2;
		env->tf.vector = VEC_POKE; /* so that all its registers are restored */
	}
	if (vector == VEC_DEBUG || vector == VEC_BREAKPOINT || vector == VEC_OVERFLOW) {
		state_on_resume(env, ON_RESUME_TRAP);
	}
	switch_leave(cpu);
}
