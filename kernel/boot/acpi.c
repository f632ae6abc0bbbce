/* CPUs and interrupt controllers from ACPI: RSDP -> XSDT, or RSDT -> MADT (ACPI 6.4, 5.2.5, 5.2.7,
 * 5.2.8, 5.2.12); and the timer's port from the FADT (5.2.9). Boot time only. */
#include "kernel/boot/tables.h"
#include "kernel/memory/kmap.h"

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
	/* from revision 2 on: */
	uint32_t length;
	uint64_t xsdt;
} __attribute__((packed));

struct fadt {
	uint8_t other[76];
	uint32_t timer; /* PM_TMR_BLK */
};

enum {
	MADT_CPU = 0,
	MADT_IOAPIC = 1,
	MADT_OVERRIDE = 2,
	CPU_ENABLED = 1,
	RSDP_SIZE = 20, /* of revision 0, which has a checksum of its own */
	RSDT_HEADER = 36,
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

static INIT uint32_t apply_madt_entry(struct machine *machine, const uint8_t *bytes, uint32_t left)
{
	const struct madt_entry *entry = (const struct madt_entry *)bytes;

	if (left < 2 || entry->length < 2 || entry->length > left) {
		return 0;
	}
	if (entry->type == MADT_CPU && entry->length >= 8 && entry->cpu.flags & CPU_ENABLED) {
		tables_add_cpu(machine, entry->cpu.apic_id);
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

/* Looks at each table that RSDT or XSDT names, in entries of `width` bytes. Whether the MADT is
 * among them. */
static INIT bool walk_root_table(struct machine *machine, uint64_t root, const char *signature,
                                 uint32_t width)
{
	const struct {
		uint32_t signature, length;
	} *header = root >> 32 ? NULL : tables_copy(root, signature);
	uint32_t end = header ? header->length : 0;
	bool found = false;

	for (uint32_t at = RSDT_HEADER; at + width <= end; at += width) {
		const struct fadt *fadt;
		uint64_t table = 0;

		kmap_read(&table, root + at, width);
		if (table >> 32) {
			continue; /* out of reach */
		}
		fadt = tables_copy(table, "FACP");
		if (fadt) {
			machine->fadt = table;
			machine->acpi_timer = fadt->timer;
		}
		found = tables_apply(machine, table, "APIC", apply_madt_entry) || found;
	}
	return found;
}

INIT bool acpi_discover(struct machine *machine)
{
	const struct rsdp *rsdp = tables_find("RSD PTR ", RSDP_SIZE);

	if (!rsdp || !((rsdp->revision >= 2 && walk_root_table(machine, rsdp->xsdt, "XSDT", 8)) ||
	               walk_root_table(machine, rsdp->rsdt, "RSDT", 4))) {
		return false;
	}
	machine->source = "ACPI";
	return true;
}
