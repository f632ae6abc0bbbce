/* Per-CPU state: descriptor tables, and requests from one CPU to another.
 *
 * Requests. Who holds the kernel lock may ask another CPU to flush its TLB or to let its env go,
 * and waits for the answer. The other CPU is in user mode (the poke interrupts it, and it answers),
 * or halted (it goes to take the lock), or waits for the lock already; waiting, it answers. So an
 * answer needs no lock, comes soon, and there is one asker at a time. Only the CPU itself changes
 * its cr3 and env. */
#include "kernel/cpu/cpu.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/cpu/lock.h"
#include "kernel/machine/apic.h"

struct cpu cpus[CPUS_MAX];
uint32_t cpu_count = 1;
uint32_t cpu_shootdowns;
bool cpu_sysenter;
void (*cpu_evict)(struct cpu *cpu);

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

INIT struct cpu *cpu_prepare(uint32_t index, uint32_t apic_id, vaddr_t stack_top,
                             void (*double_fault)(void))
{
	enum { TSS_SIZE = sizeof(struct tss) + IO_PORTS / 8 + 1 };
	struct cpu *cpu = &cpus[index];

	_Static_assert(offsetof(struct cpu, iomap) ==
	                       offsetof(struct cpu, tss) + sizeof(struct tss),
	               "the bitmap is part of the TSS");
	cpu->index = index;
	cpu->apic_id = apic_id;
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
	cpu->df_tss.cr3 = rcr3();
	cpu->df_tss.eip = (uint32_t)double_fault;
	cpu->df_tss.eflags = FL_FIXED;
	cpu->df_tss.esp = (uint32_t)cpu_boot_stack_top - 16;
	cpu->df_tss.cs = SEL_KCODE;
	cpu->df_tss.ss = cpu->df_tss.ds = cpu->df_tss.es = SEL_KDATA;
	cpu->df_tss.iomap = IO_NONE;
	return cpu;
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

static INIT void load_sysenter(struct cpu *cpu, const char *entry, uint32_t signature,
                               uint32_t features)
{
	_Static_assert(SEL_KDATA == SEL_KCODE + 8 && SEL_UCODE == SEL_KCODE + 16 + 3 &&
	                       SEL_UDATA == SEL_KCODE + 24 + 3,
	               "sysenter and sysexit want this order");
	cpu_sysenter = has_sysenter(signature, features);
	if (cpu_sysenter) {
		wrmsr(MSR_SYSENTER_CS, SEL_KCODE);
		wrmsr(MSR_SYSENTER_ESP, (uint32_t)&cpu->entry);
		wrmsr(MSR_SYSENTER_EIP, (uint32_t)entry);
	}
}

INIT void cpu_load(struct cpu *cpu, const char *sysenter)
{
	struct descriptor_ptr gdt = {sizeof(cpu->gdt) - 1, (uint32_t)cpu->gdt};
	uint32_t features, signature = cpuid_1(&features);

	cpu_load_gdt(&gdt);
	ltr(SEL_TSS);
	load_sysenter(cpu, sysenter, signature, features);
	lcr4(rcr4() | CR4_OSFXSR | (features & CPUID_SSE ? CR4_OSXMMEXCPT : 0));
	lcr0((rcr0() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_TS);
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

void cpu_answer(struct cpu *cpu)
{
	uint32_t what = __atomic_load_n(&cpu->requests, __ATOMIC_ACQUIRE);

	if (what & CPU_FLUSH) {
		lcr3(rcr3());
	}
	if (what & CPU_EVICT && cpu->env) {
		cpu_evict(cpu);
	}
	if (what) {
		__atomic_fetch_and(&cpu->requests, ~what, __ATOMIC_RELEASE);
	}
}

void cpu_flush(struct cpu *cpu)
{
	if (cpu == this_cpu()) {
		lcr3(rcr3());
	} else {
		cpu_ask(cpu, CPU_FLUSH);
	}
}
