/* Per-CPU state: descriptor tables, the env that runs, FPU ownership, port bitmap, and requests
 * from one CPU to another.
 *
 * Requests. Who holds the kernel lock may ask another CPU to flush its TLB or to let its env go, and
 * waits for the answer. The other CPU is in user mode (the poke interrupts it, and it answers), or halted (it
 * goes to take the lock), or waits for the lock already; waiting, it answers. So an answer needs no lock,
 * comes soon, and there is one asker at a time. Only the CPU itself changes its cr3 and env. */
#include "kernel/cpu/cpu.h"

#include "kernel/abi/syscall.h"
#include "kernel/machine/apic.h"
#include "kernel/boot/boot.h"
#include "kernel/base/debug.h"
#include "kernel/env/env.h"
#include "kernel/base/hook.h"
#include "kernel/cpu/lock.h"

struct cpu cpus[CPUS_MAX];
uint32_t cpu_count = 1;
uint32_t cpu_shootdowns;
bool cpu_sysenter;

/* ---- descriptor tables (SDM vol. 3, 3.4.5 and 8.2.2) ---- */

enum {
	DESC_KCODE = 0x00CF9A00,
	DESC_KDATA = 0x00CF9200,
	DESC_UCODE = 0x00CFFA00,
	DESC_UDATA = 0x00CFF200,
	DESC_TSS = 0x00008900,
	DESC_FLAT_LOW = 0x0000FFFF,
};

static INIT struct descriptor tss_descriptor(const struct tss *tss, uint32_t size)
{
	uint32_t base = (uint32_t)tss;

	return (struct descriptor){(base << 16) | (size - 1),
	                           (base & 0xFF000000) | ((size - 1) & 0xF0000) | DESC_TSS |
	                                   (base >> 16 & 0xFF)};
}

INIT void cpu_prepare(uint32_t index, uint32_t apic_id, vaddr_t stack_top)
{
	enum { TSS_SIZE = sizeof(struct tss) + IO_PORTS / 8 + 1 };
	struct cpu *cpu = &cpus[index];

	_Static_assert(offsetof(struct cpu, iomap) ==
	                       offsetof(struct cpu, tss) + sizeof(struct tss),
	               "the bitmap is part of the TSS");
	cpu->index = index;
	cpu->apic_id = apic_id;
	cpu->queue = &runqueues[index];
	runqueue_init(cpu->queue);
	cpu->kstack = stack_top - 16;
	*(struct cpu **)(stack_top - 4) = cpu;
	cpu->gdt[SEL_KCODE / 8] = (struct descriptor){DESC_FLAT_LOW, DESC_KCODE};
	cpu->gdt[SEL_KDATA / 8] = (struct descriptor){DESC_FLAT_LOW, DESC_KDATA};
	cpu->gdt[SEL_UCODE / 8] = (struct descriptor){DESC_FLAT_LOW, DESC_UCODE};
	cpu->gdt[SEL_UDATA / 8] = (struct descriptor){DESC_FLAT_LOW, DESC_UDATA};
	cpu->gdt[SEL_TSS / 8] = tss_descriptor(&cpu->tss, TSS_SIZE);
	cpu->gdt[SEL_DFTSS / 8] = tss_descriptor(&cpu->df_tss, sizeof(struct tss));
	cpu->tss.ss0 = SEL_KDATA;
	cpu->tss.iomap = IO_NONE;
	cpu->iomap[IO_PORTS / 8] = 0xFF;
	cpu->df_tss.cr3 = frame_low_addr(kmap_pgdir);
	cpu->df_tss.eip = (uint32_t)trap_double_fault;
	cpu->df_tss.eflags = FL_FIXED;
	cpu->df_tss.esp = (uint32_t)boot_stack_top - 16;
	cpu->df_tss.cs = SEL_KCODE;
	cpu->df_tss.ss = cpu->df_tss.ds = cpu->df_tss.es = SEL_KDATA;
	cpu->df_tss.iomap = IO_NONE;
}

struct cpu *cpu_by_gdt(void)
{
	struct descriptor_ptr gdt;

	sgdt(&gdt);
	return (struct cpu *)(gdt.base - offsetof(struct cpu, gdt));
}

/* Whether the processor has sysenter: early Pentium Pros say so wrongly (SDM vol. 2, SYSENTER). */
static INIT bool has_sysenter(uint32_t signature, uint32_t features)
{
	return features & CPUID_SEP && ((signature >> 8 & 0xF) != 6 || (signature & 0xFF) >= 0x33);
}

static INIT void load_sysenter(struct cpu *cpu, uint32_t signature, uint32_t features)
{
	_Static_assert(SEL_KDATA == SEL_KCODE + 8 && SEL_UCODE == SEL_KCODE + 16 + 3 &&
	                       SEL_UDATA == SEL_KCODE + 24 + 3,
	               "sysenter and sysexit want this order");
	cpu_sysenter = has_sysenter(signature, features);
	if (cpu_sysenter) {
		wrmsr(MSR_SYSENTER_CS, SEL_KCODE);
		wrmsr(MSR_SYSENTER_ESP, (uint32_t)&cpu->entry);
		wrmsr(MSR_SYSENTER_EIP, (uint32_t)sysenter_entry);
	}
}

INIT void cpu_load(struct cpu *cpu)
{
	struct descriptor_ptr gdt = {sizeof(cpu->gdt) - 1, (uint32_t)cpu->gdt};
	uint32_t features, signature = cpuid_1(&features);

	cpu_load_gdt(&gdt);
	ltr(SEL_TSS);
	trap_init_cpu();
	load_sysenter(cpu, signature, features);
	lcr4(rcr4() | CR4_OSFXSR | (features & CPUID_SSE ? CR4_OSXMMEXCPT : 0));
	lcr0((rcr0() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_TS);
}

/* ---- FPU: loaded at first use in a turn, saved when the env leaves the CPU ---- */

/* As after reset: control word as FNINIT leaves it; MXCSR, SDM vol. 1, 11.6.4. */
static const uint32_t fpu_reset[128] __attribute__((aligned(16))) = {0x037F, [6] = 0x1F80};

/* The registers keep nothing: the next env could read them on its way to #NM (CVE-2018-3665). */
static void cpu_fpu_save(struct cpu *cpu)
{
	if (cpu->fpu) {
		fxsave(cpu->fpu->fpu);
		fxrstor(fpu_reset);
		cpu->fpu = NULL;
		cpu->switch_work &= ~SWITCH_FPU;
		lcr0(rcr0() | CR0_TS);
	}
}

void cpu_fpu_copy(void *area, const struct env *like)
{
	if (like && this_cpu()->fpu == like) {
		cpu_fpu_save(this_cpu());
	}
	copy_words(area, like ? (const void *)like->fpu : fpu_reset, sizeof(fpu_reset) / 4);
}

void cpu_fpu_load(struct cpu *cpu)
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

void cpu_ports_changed(const struct env *env)
{
	debug_assert(lock_held());
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (cpus[i].io_env == env->id) {
			cpus[i].io_env = 0;
		}
	}
	if (env->cpu->env == env) {
		set_ports(env->cpu); /* the caller itself: others were evicted */
	}
}

/* ---- switching ---- */

void cpu_switch(struct cpu *cpu, struct env *next)
{
	debug_assert(lock_held() && !next->runner.on && !next->info->waits && !next->stopped);
	next->info->status = ENV_RUNNING;
	if (cpu->env == next) {
		return;
	}
	cpu_fpu_save(cpu);
	lcr3(next->space.cr3);
	cpu->env = next;
	next->cpu = cpu;
	cpu->tss.esp0 = (uint32_t)(&next->tf + 1);
	cpu->entry = &next->tf.esp;
	if (next->nports || cpu->switch_work & SWITCH_PORTS) {
		set_ports(cpu);
	}
	next->info->cpu = cpu->index;
	next->info->runs++;
}

void cpu_leave(struct cpu *cpu)
{
	cpu_fpu_save(cpu);
	if (cpu->env) {
		cpu->env = NULL;
		lcr3(frame_low_addr(kmap_pgdir));
	}
}

/* ---- requests ---- */

void cpu_ask(struct cpu *cpu, enum cpu_request what)
{
	debug_assert(lock_held() && cpu != this_cpu());
	cpu_shootdowns++;
	hook_event(EVENT_ASK, NULL, cpu->index | what << 8);
	__atomic_fetch_or(&cpu->requests, what, __ATOMIC_RELEASE);
	apic_poke(cpu->apic_id);
	while (__atomic_load_n(&cpu->requests, __ATOMIC_ACQUIRE) & what) {
		pause();
	}
	hook_event(EVENT_ANSWERED, NULL, cpu->index | what << 8);
}

/* Whatever brought the env into the kernel is done anew when it runs again. Faults come by themselves; a
 * system call executes the `int` before its return address (syscall.h); traps, which happened, are remembered. */
static void evict(struct cpu *cpu)
{
	struct env *env = cpu->env;
	uint32_t vector = env->tf.vector;

	if (vector == SYSCALL_VECTOR || vector == VEC_SYSENTER) {
		env->tf.eip -= 2;
		env->tf.vector = VEC_POKE; /* so that all its registers are restored */
	}
	if (vector == VEC_DEBUG || vector == VEC_BREAKPOINT || vector == VEC_OVERFLOW) {
		env->due = DUE_TRAP;
	}
	cpu_leave(cpu);
}

void cpu_answer(struct cpu *cpu)
{
	uint32_t what = __atomic_load_n(&cpu->requests, __ATOMIC_ACQUIRE);

	if (what & CPU_FLUSH) {
		lcr3(rcr3());
	}
	if (what & CPU_EVICT && cpu->env) {
		evict(cpu);
	}
	if (what) {
		__atomic_fetch_and(&cpu->requests, ~what, __ATOMIC_RELEASE);
	}
}

void cpu_shootdown(const struct env *env)
{
	struct cpu *cpu = env->cpu;

	debug_assert(lock_held());
	if (cpu->env != env) {
		return;
	}
	if (cpu == this_cpu()) {
		lcr3(rcr3());
	} else {
		cpu_ask(cpu, CPU_FLUSH);
	}
}
