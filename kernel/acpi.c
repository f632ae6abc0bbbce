/* CPUs and interrupt controllers from ACPI: RSDP -> RSDT -> MADT (ACPI 6.4, 5.2.5, 5.2.7, 5.2.12). Boot time
 * only. */
#include "kernel/kmap.h"
#include "kernel/machine.h"

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
} __attribute__((packed));

enum {
	MADT_CPU = 0,
	MADT_IOAPIC = 1,
	MADT_OVERRIDE = 2,
	CPU_ENABLED = 1,
	RSDT_HEADER = 36,
	TABLES_MAX = 1024,
};

struct madt_entry {
	uint8_t type, length;
	union {
		struct {
			uint8_t uid, apic_id;
			uint32_t flags;
		} __attribute__((packed)) cpu;
		struct {
			uint8_t id, reserved;
			uint32_t address, first_pin;
		} __attribute__((packed)) ioapic;
		struct {
			uint8_t bus, irq;
			uint32_t pin;
			uint16_t flags; /* struct isa_irq */
		} __attribute__((packed)) override;
	};
} __attribute__((packed));

static INIT uint32_t apply(struct machine *machine, const uint8_t *bytes, uint32_t left)
{
	const struct madt_entry *entry = (const struct madt_entry *)bytes;

	if (left < 2 || entry->length < 2 || entry->length > left) {
		return 0;
	}
	if (entry->type == MADT_CPU && entry->length >= 8 && entry->cpu.flags & CPU_ENABLED) {
		machine_add_cpu(machine, entry->cpu.apic_id);
	} else if (entry->type == MADT_IOAPIC && entry->length >= 12 &&
	           entry->ioapic.first_pin == 0) {
		machine->ioapic = entry->ioapic.address;
	} else if (entry->type == MADT_OVERRIDE && entry->length >= 10 &&
	           entry->override.irq < 16) {
		machine->irq[entry->override.irq] =
			(struct isa_irq){entry->override.pin, entry->override.flags};
	}
	return entry->length;
}

INIT bool acpi_discover(struct machine *machine)
{
	const struct rsdp *rsdp = machine_find("RSD PTR ", sizeof(*rsdp));
	struct {
		uint32_t signature, length;
	} rsdt;
	paddr_t table;

	if (!rsdp) {
		return false;
	}
	kmap_read(&rsdt, rsdp->rsdt, sizeof(rsdt));
	for (uint32_t i = 0; i < TABLES_MAX && RSDT_HEADER + 4 * i + 4 <= rsdt.length; i++) {
		kmap_read(&table, rsdp->rsdt + RSDT_HEADER + 4 * i, sizeof(table));
		if (machine_apply(machine, table, "APIC", apply)) {
			machine->source = "ACPI";
			return true;
		}
	}
	return false;
}
