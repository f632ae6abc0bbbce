/* Discovery of CPUs and interrupt controllers: tries each source of firmware tables in turn. Boot
 * time only. */
#include "kernel/boot/boot.h"
#include "kernel/boot/tables.h"

INIT void machine_discover(struct machine *machine, const char *cmdline)
{
	*machine =
		(struct machine){.source = "no tables", .lapic = 0xFEE00000, .ioapic = 0xFEC00000};
	for (uint32_t irq = 0; irq < 16; irq++) {
		machine->irq[irq].pin = irq;
	}
	if (!boot_word(cmdline, "noacpi") && acpi_discover(machine)) {
		return;
	}
	if (!boot_word(cmdline, "nomp")) {
		mp_discover(machine);
	}
}
