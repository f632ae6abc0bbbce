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

static INIT bool same(const char *a, const char *b, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		if (a[i] != b[i]) {
			return false;
		}
	}
	return true;
}

INIT const void *machine_scan(paddr_t start, uint32_t size, const char *signature, uint32_t length,
                              uint32_t table_size)
{
	for (paddr_t pa = start; pa + table_size <= start + size; pa += 16) {
		if (same(frame_low(pa), signature, length) &&
		    machine_checksum_ok(frame_low(pa), table_size)) {
			return frame_low(pa);
		}
	}
	return NULL;
}

INIT paddr_t machine_ebda(void)
{
	paddr_t segment = *(uint16_t *)frame_low(0x40E); /* BIOS data area */

	return segment >= 0x8000 && segment < 0xA000 ? segment << 4 : 0;
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
		machine->irq_pin[irq] = irq;
	}
	if (!boot_word(cmdline, "noacpi") && acpi_discover(machine)) {
		return;
	}
	if (!boot_word(cmdline, "nomp")) {
		mp_discover(machine);
	}
}
