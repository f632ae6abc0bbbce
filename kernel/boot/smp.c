/* Starts the application processors, one at a time (SDM vol. 3, 9.4; MP 1.4, B.4).
 *
 * A CPU starts in real mode at a page below 1 MiB. The code there (nasm/boot/trampoline.asm) is
 * copied from the kernel image, so its own addresses are computed for where it runs, TRAMPOLINE. It
 * finds what it needs in the mailbox at its end, which serves one CPU at a time: the next is
 * started only after this one has said that it runs on its own stack.
 *
 * One that stays silent is left out. It may still come, at any time: a host may not have run it so
 * far, and QEMU keeps a STARTUP that waits although an INIT follows. So a CPU begins by taking the
 * mailbox, which who waits for it takes back first; a CPU that finds it taken back, or meant for
 * another, halts in the trampoline's page, which nobody is given. Whoever took it is on its way and
 * is waited for. The INIT that is sent to one left out is for machines where it does take the
 * STARTUP back. */
#include "kernel/boot/smp.h"
#include "kernel/base/debug.h"
#include "kernel/boot/boot.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/entry/resume.h"
#include "kernel/entry/trap.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/machine.h"
#include "kernel/machine/time.h"
#include "kernel/memory/kmap.h"
#include "kernel/sched/sched.h"

enum { INIT_WAIT_US = 10000, STARTUP_WAIT_US = 200, ANSWER_WAIT_US = 2000000 };

INIT struct cpu *boot_prepare_cpu(uint32_t index, uint32_t apic_id, vaddr_t stack_top)
{
	struct cpu *cpu = cpu_prepare(index, apic_id, stack_top, trap_double_fault);

	cpu->queue = &runqueues[index];
	runqueue_init(cpu->queue);
	return cpu;
}

INIT void boot_load_cpu(struct cpu *cpu)
{
	cpu_load(cpu, sysenter_entry);
	trap_init_cpu();
}

static INIT struct trampoline_mail *mailbox(void)
{
	return (struct trampoline_mail *)(frame_low(TRAMPOLINE) +
	                                  ((char *)&trampoline_mail - trampoline_code));
}

static INIT bool wait_for(struct cpu *cpu, uint32_t us)
{
	uint64_t end = time_us() + us;

	while (__atomic_load_n(&cpu->start, __ATOMIC_ACQUIRE) != CPU_HERE) {
		if (time_us() > end) {
			return false;
		}
		pause();
	}
	return true;
}

/* False: the CPU has taken it. */
static INIT bool take_back(struct trampoline_mail *mail, uint32_t apic_id)
{
	return __atomic_compare_exchange_n(&mail->starts, &apic_id, STARTS_NOBODY, false,
	                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static INIT bool start_cpu(struct cpu *cpu)
{
	apic_send_init(cpu->apic_id);
	wait_for(cpu, INIT_WAIT_US);
	apic_send_startup(cpu->apic_id, TRAMPOLINE);
	if (wait_for(cpu, STARTUP_WAIT_US)) {
		return true;
	}
	apic_send_startup(cpu->apic_id, TRAMPOLINE);
	if (wait_for(cpu, ANSWER_WAIT_US)) {
		return true;
	}
	if (take_back(mailbox(), cpu->apic_id)) {
		apic_send_init(cpu->apic_id);
		return false;
	}
	while (!wait_for(cpu, ANSWER_WAIT_US)) {}
	return true;
}

INIT void smp_start(const struct machine *machine)
{
	vaddr_t stack_top = 0;

	copy_words(frame_low(TRAMPOLINE), trampoline_code,
	           (trampoline_end - trampoline_code + 3) / 4);
	for (uint32_t i = 0; i < machine->ncpu; i++) {
		struct cpu *cpu = &cpus[cpu_count];

		if (machine->apic_id[i] == machine->boot_apic_id || cpu_count == CPUS_MAX) {
			continue;
		}
		if (!stack_top) {
			stack_top = kmap_stack(cpu_count);
		}
		boot_prepare_cpu(cpu_count, machine->apic_id[i], stack_top);
		cpu->start = CPU_SILENT;
		*mailbox() = (struct trampoline_mail){.pgdir = rcr3(),
		                                      .stack = cpu->kstack,
		                                      .entry = (uint32_t)smp_entry,
		                                      .lapic_id = machine->lapic + LAPIC_ID,
		                                      .starts = STARTS_NOBODY};
		__atomic_store_n(&mailbox()->starts, cpu->apic_id, __ATOMIC_RELEASE);
		if (start_cpu(cpu)) {
			cpu_count++;
			stack_top = 0;
			__atomic_store_n(&cpu->start, CPU_ADMITTED, __ATOMIC_RELEASE);
		} else {
			debug_printf("CPU with APIC id %u does not answer: left out\n",
			             machine->apic_id[i]);
		}
	}
	if (machine->ignored) {
		debug_printf("%u CPUs beyond %u are not used\n", machine->ignored, NCPU_MAX);
	}
	debug_log("%u CPUs (%s)\n", cpu_count, machine->source);
}

/* From CPU_HERE on the boot CPU may get to the end of start-up: nothing of start-up's is needed any
 * more. */
static _Noreturn __attribute__((noinline)) void join_system(struct cpu *cpu)
{
	__atomic_store_n(&cpu->start, CPU_HERE, __ATOMIC_RELEASE);
	while (__atomic_load_n(&cpu->start, __ATOMIC_ACQUIRE) != CPU_ADMITTED) {
		pause();
	}
	lock_acquire(cpu);
	lcr3(rcr3()); /* the identity mapping is gone */
	resume(cpu, NULL);
}

INIT void smp_entry(void)
{
	boot_load_cpu(this_cpu());
	apic_init_cpu();
	join_system(this_cpu());
}
