/* CPUs and interrupt controllers from the MP tables (Intel MultiProcessor Specification 1.4, chapter 4).
 * Boot time only. */
#include "kernel/boot.h"
#include "kernel/frame.h"
#include "kernel/kmap.h"
#include "kernel/machine.h"

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

enum { MP_CPU, MP_BUS, MP_IOAPIC, MP_INTERRUPT, MP_LOCAL_INTERRUPT, TABLE_MAX = 4096 };
enum { ENTRY_CPU_SIZE = 20, ENTRY_SIZE = 8 };
_Static_assert(sizeof(struct mp_entry) == ENTRY_CPU_SIZE, "MP 1.4, 4.3.1");

static INIT_DATA struct {
	char signature[4];
	uint16_t length;
	uint8_t revision, checksum;
	char ids[20];
	uint32_t oem_table;
	uint16_t oem_size, entries;
	uint32_t lapic;
	uint16_t extended_length;
	uint8_t extended_checksum, reserved;
	uint8_t bytes[TABLE_MAX - 44];
} config;

/* What the entries refer to: the ISA bus and the I/O APIC that is used, the first. */
struct ids {
	uint32_t isa_bus, ioapic;
};
enum { NONE = ~0u };

static INIT void apply(struct machine *machine, const struct mp_entry *entry, struct ids *ids)
{
	if (entry->type == MP_CPU && entry->cpu.flags & 1) {
		machine_add_cpu(machine, entry->cpu.apic_id);
	} else if (entry->type == MP_BUS && boot_starts_with(entry->bus.name, "ISA")) {
		ids->isa_bus = entry->bus.id;
	} else if (entry->type == MP_IOAPIC && entry->ioapic.flags & 1 && ids->ioapic == NONE) {
		ids->ioapic = entry->ioapic.id;
		machine->ioapic = entry->ioapic.address;
	} else if (entry->type == MP_INTERRUPT && entry->interrupt.kind == 0 &&
	           entry->interrupt.bus == ids->isa_bus && entry->interrupt.irq < 16 &&
	           entry->interrupt.ioapic == ids->ioapic) {
		machine->irq[entry->interrupt.irq] =
			(struct isa_irq){entry->interrupt.pin, entry->interrupt.flags};
	}
}

INIT bool mp_discover(struct machine *machine)
{
	const struct mp_pointer *pointer = machine_find("_MP_", sizeof(*pointer));
	struct ids ids = {NONE, NONE};
	uint32_t at = 0;

	if (!pointer || !pointer->table) {
		return false;
	}
	kmap_read(&config, pointer->table, 44);
	if (*(uint32_t *)config.signature != 0x504D4350 /* "PCMP" */ || config.length < 44 ||
	    config.length > TABLE_MAX) {
		return false;
	}
	kmap_read(&config, pointer->table, config.length);
	if (!machine_checksum_ok(&config, config.length)) {
		return false;
	}
	machine->source = "MP tables";
	machine->lapic = config.lapic;
	for (uint32_t i = 0; i < config.entries && at < config.length - 44u; i++) {
		const struct mp_entry *entry = (const struct mp_entry *)&config.bytes[at];
		uint32_t size = entry->type == MP_CPU ? ENTRY_CPU_SIZE : ENTRY_SIZE;

		if (entry->type > MP_LOCAL_INTERRUPT || at + size > config.length - 44u) {
			break;
		}
		apply(machine, entry, &ids);
		at += size;
	}
	return true;
}
