/* CPUs and interrupt controllers from the MP tables (Intel MultiProcessor Specification 1.4,
 * chapter 4). Boot time only. */
#include "kernel/boot/boot.h"
#include "kernel/boot/tables.h"

struct mp_pointer {
	char signature[4];
	uint32_t table;
	uint8_t length, revision, checksum, features[5];
};
_Static_assert(sizeof(struct mp_pointer) == 16, "MP 1.4, 4.1");

struct mp_entry {
	uint8_t type;
	union {
		struct {
			uint8_t apic_id, version, flags; /* bit 0: usable */
			uint8_t rest[16];
		} cpu;
		struct {
			uint8_t id;
			char name[6];
		} bus;
		struct {
			uint8_t id, version, flags; /* bit 0: usable */
			paddr_t address;
		} __attribute__((packed)) ioapic;
		struct {
			uint8_t kind, flags, reserved; /* flags: struct isa_irq */
			uint8_t bus, irq, ioapic, pin;
		} interrupt;
	};
};

enum { MP_CPU, MP_BUS, MP_IOAPIC, MP_INTERRUPT, MP_LOCAL_INTERRUPT };
enum { ENTRY_CPU_SIZE = 20, ENTRY_SIZE = 8, KNOWN = 0x100 };
_Static_assert(sizeof(struct mp_entry) == ENTRY_CPU_SIZE, "MP 1.4, 4.3.1");

/* What the entries refer to: the ISA bus and the I/O APIC that is used, the first. Ids | KNOWN; 0:
 * none yet. */
static INIT_DATA uint32_t isa_bus, ioapic;

static INIT uint32_t apply_mp_entry(struct machine *machine, const uint8_t *bytes, uint32_t left)
{
	const struct mp_entry *entry = (const struct mp_entry *)bytes;
	uint32_t size = entry->type == MP_CPU ? ENTRY_CPU_SIZE : ENTRY_SIZE;

	if (entry->type > MP_LOCAL_INTERRUPT || size > left) {
		return 0;
	}
	if (entry->type == MP_CPU && entry->cpu.flags & 1) {
		tables_add_cpu(machine, entry->cpu.apic_id);
	} else if (entry->type == MP_BUS && boot_starts_with(entry->bus.name, "ISA")) {
		isa_bus = entry->bus.id | KNOWN;
	} else if (entry->type == MP_IOAPIC && entry->ioapic.flags & 1 && !ioapic) {
		ioapic = entry->ioapic.id | KNOWN;
		machine->ioapic = entry->ioapic.address;
	} else if (entry->type == MP_INTERRUPT && entry->interrupt.kind == 0 &&
	           (entry->interrupt.bus | KNOWN) == isa_bus && entry->interrupt.irq < 16 &&
	           (entry->interrupt.ioapic | KNOWN) == ioapic) {
		machine->irq[entry->interrupt.irq] =
			(struct isa_irq){entry->interrupt.pin, entry->interrupt.flags};
	}
	return size;
}

INIT bool mp_discover(struct machine *machine)
{
	const struct mp_pointer *pointer = tables_find("_MP_", sizeof(*pointer));

	if (!pointer || !tables_apply(machine, pointer->table, "PCMP", apply_mp_entry)) {
		return false;
	}
	machine->source = "MP tables";
	return true;
}
