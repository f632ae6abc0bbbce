/* CPUs and interrupt controllers from ACPI: RSDP -> RSDT -> MADT (ACPI 6.4, 5.2.5, 5.2.7, 5.2.12). Boot time
 * only. Tables may lie in any memory: they are copied before use, and no length is trusted. */
#include "kernel/frame.h"
#include "kernel/kmap.h"
#include "kernel/machine.h"

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
} __attribute__((packed));

struct table {
	char signature[4];
	uint32_t length;
	uint8_t rest[28];
};
_Static_assert(sizeof(struct table) == 36, "ACPI 6.4, 5.2.6");

enum {
	MADT_CPU = 0,
	MADT_IOAPIC = 1,
	MADT_OVERRIDE = 2,
	CPU_ENABLED = 1,
	TABLE_MAX = 4096,
};

struct madt {
	struct table header;
	uint32_t lapic, flags;
	uint8_t entries[TABLE_MAX - 44];
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

static INIT_DATA struct madt madt;

/* Copies the MADT that the RSDT names to `madt`. */
static INIT bool read_madt(paddr_t rsdt)
{
	struct table header;

	kmap_read(&header, rsdt, sizeof(header));
	for (uint32_t at = sizeof(header); at + 4 <= header.length && at < TABLE_MAX; at += 4) {
		paddr_t table;

		kmap_read(&table, rsdt + at, sizeof(table));
		kmap_read(&madt.header, table, sizeof(madt.header));
		if (*(uint32_t *)madt.header.signature != 0x43495041 /* "APIC" */ ||
		    madt.header.length < 44 || madt.header.length > TABLE_MAX) {
			continue;
		}
		kmap_read(&madt, table, madt.header.length);
		return machine_checksum_ok(&madt, madt.header.length);
	}
	return false;
}

static INIT void apply(struct machine *machine, const struct madt_entry *entry)
{
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
}

INIT bool acpi_discover(struct machine *machine)
{
	const struct rsdp *rsdp = machine_find("RSD PTR ", sizeof(*rsdp));
	uint32_t size, at = 0;

	if (!rsdp || !read_madt(rsdp->rsdt)) {
		return false;
	}
	machine->source = "ACPI";
	machine->lapic = madt.lapic;
	size = madt.header.length - 44;
	while (at + 2 <= size) {
		const struct madt_entry *entry = (const struct madt_entry *)&madt.entries[at];

		if (entry->length < 2 || entry->length > size - at) {
			break;
		}
		apply(machine, entry);
		at += entry->length;
	}
	return true;
}
