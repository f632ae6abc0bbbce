/* Discovery of CPUs and interrupt controllers: tries each source of firmware tables in turn. Boot
 * time only. */
#include "kernel/machine.h"

#include "kernel/boot.h"
#include "kernel/debug.h"
#include "kernel/frame.h"

INIT bool machine_checksum_ok(const void *table, uint32_t size)
{
	const uint8_t *bytes = table;
	uint8_t sum = 0;

	for (uint32_t i = 0; i < size; i++) {
		sum += bytes[i];
	}
	return sum == 0;
}

/* At a multiple of 16 in [start, start + size); NULL. */
static INIT const void *scan(paddr_t start, uint32_t size, const char *signature,
                             uint32_t table_size)
{
	for (paddr_t pa = start; pa + table_size <= start + size; pa += 16) {
		if (boot_starts_with(frame_low(pa), signature) &&
		    machine_checksum_ok(frame_low(pa), table_size)) {
			return frame_low(pa);
		}
	}
	return NULL;
}

INIT const void *machine_find(const char *signature, uint32_t table_size)
{
	paddr_t ebda = *(uint16_t *)frame_low(0x40E)
	               << 4; /* the BIOS data area names its segment */
	const void *found = NULL;

	if (ebda >= 0x80000 && ebda < 0xA0000) {
		found = scan(ebda, 1024, signature, table_size);
	}
	found = found ? found : scan(639 * 1024, 1024, signature, table_size);
	return found ? found : scan(0xE0000, 0x20000, signature, table_size);
}

INIT void machine_add_cpu(struct machine *machine, uint32_t apic_id)
{
	for (uint32_t i = 0; i < machine->ncpu; i++) {
		if (machine->apic_id[i] == apic_id) {
			return;
		}
	}
	if (machine->ncpu == NCPU_MAX) {
		machine->ignored++;
	} else {
		machine->apic_id[machine->ncpu++] = apic_id;
	}
}

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
