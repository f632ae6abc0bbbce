/* Start-up of the boot CPU: called by nasm/boot/boot.asm with paging on, on the boot stack. Brings up one
 * part after another, then runs the first server and never comes back. */
#include "kernel/boot/boot.h"

#include "kernel/abi/types.h"
#include "kernel/machine/apic.h"
#include "kernel/sched/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/base/debug.h"
#include "kernel/env/env.h"
#include "kernel/base/hook.h"
#include "kernel/memory/kmap.h"
#include "kernel/cpu/lock.h"
#include "kernel/boot/machine.h"
#include "kernel/sched/sched.h"

enum { MULTIBOOT_LOADER = 0x2BADB002 };

static struct machine machine;

INIT uint32_t boot_starts_with(const char *text, const char *start)
{
	uint32_t n = 0;

	while (start[n] && text[n] == start[n]) {
		n++;
	}
	return start[n] ? 0 : n;
}

INIT bool boot_word(const char *cmdline, const char *word)
{
	for (const char *p = cmdline; *p && !boot_starts_with(p, "app="); p++) {
		uint32_t n = boot_starts_with(p, word);

		if (n && (!p[n] || p[n] == ' ')) {
			return true;
		}
		while (p[0] != ' ' && p[1]) { /* to the end of the word */
			p++;
		}
	}
	return false;
}

static INIT void record_machine(void)
{
	boot_info.ncpu = cpu_count;
	for (uint32_t i = 0; i < cpu_count; i++) {
		boot_info.cpu_apic_id[i] = cpus[i].apic_id;
	}
	boot_info.tsc_per_ms = clock_tsc_per_ms;
	boot_info.fadt = machine.fadt;
}

INIT _Noreturn void boot_main(uint32_t magic, paddr_t mbi, vaddr_t stack_top)
{
	struct cpu *cpu = &cpus[0];
	struct env *first;

	cpu_prepare(0, 0, stack_top);
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
	apic_init(&machine);
	machine.boot_apic_id = apic_own_id();
	cpu_prepare(0, machine.boot_apic_id, kmap_stack(0));
	trap_init();
	cpu_load(cpu);
	clock_init(machine.acpi_timer);
	env_init();
	if (boot_word(boot_info.cmdline, "joslog")) {
		hook = joslog_event;
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
	cpu->queue->turn = &first->runner; /* which no queue gave it */
	sched_run(cpu, first);
}
