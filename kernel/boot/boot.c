/* Start-up of the boot CPU: called by nasm/boot/boot.asm with paging on, on the boot stack. Brings
 * up one part after another, then runs the first server and never comes back. */
#include "kernel/boot/boot.h"

#include "kernel/abi/types.h"
#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/boot/tables.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/entry/panic.h"
#include "kernel/entry/resume.h"
#include "kernel/entry/trap.h"
#include "kernel/env/env.h"
#include "kernel/life/life.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/time.h"
#include "kernel/memory/kmap.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

enum { MULTIBOOT_LOADER = 0x2BADB002 };

static struct machine machine;

static INIT void record_machine(void)
{
	boot_info.ncpu = cpu_count;
	for (uint32_t i = 0; i < cpu_count; i++) {
		boot_info.cpu_apic_id[i] = cpus[i].apic_id;
	}
	boot_info.tsc_per_ms = time_tsc_per_ms;
	boot_info.fadt = machine.fadt;
}

INIT _Noreturn void boot_main(uint32_t magic, paddr_t mbi, vaddr_t stack_top)
{
	struct cpu *cpu = &cpus[0];
	struct env *first;

	panic_handler = panic_frame;
	boot_prepare_cpu(0, 0, stack_top);
	cpu_evict = switch_evict;
	for (look_offer_fn *const *offer = look_offers; offer < look_offers_end; offer++) {
		(*offer)();
	}
	debug_init();
	if (magic != MULTIBOOT_LOADER) {
		panic("not started by a Multiboot 1 loader (magic 0x%08x)", magic);
	}
	multiboot_read(mbi);
	debug_quiet = boot_word(boot_info.cmdline, "quiet");
	debug_monitor = boot_word(boot_info.cmdline, "monitor");
	debug_log("Parley\n");

	lock_acquire(cpu);
	kmap_init();
	frame_init(&boot_info);
	machine_discover(&machine, boot_info.cmdline);
	kmap_device(APIC_LOCAL_VA, machine.lapic);
	kmap_device(APIC_IO_VA, machine.ioapic);
	apic_init(&machine);
	machine.boot_apic_id = apic_own_id();
	boot_prepare_cpu(0, machine.boot_apic_id, kmap_stack(0));
	trap_init();
	boot_load_cpu(cpu);
	time_init(machine.acpi_timer);
	runqueue_quantum = time_mul_div(TICK_US, time_tsc_per_ms, 1000 << BEAT_SHIFT);
	env_init();
	life_init();
	if (boot_word(boot_info.cmdline, "joslog")) {
		hook = looks.joslog;
	}
	smp_start(&machine);
	kmap_pgdir[0] = 0; /* the identity mapping of the first 4 MiB */
	lcr3(rcr3());
	record_machine();
	if (boot_word(boot_info.cmdline, "panic")) {
		panic("asked for on the command line");
	}
	first = loader_start();
	frame_free_init();
	cpu->queue->owner = &first->runner; /* which no queue gave it */
	resume(cpu, first);
}
