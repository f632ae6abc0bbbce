/* What the tables of ACPI and MP have in common. They may lie in any memory: they are copied before
 * use, and no length is trusted. Boot time only. */
#include "kernel/boot/tables.h"

#include "kernel/base/debug.h"
#include "kernel/boot/boot.h"
#include "kernel/memory/frame.h"
#include "kernel/memory/kmap.h"

enum { TABLE_MAX = 4096 };

static INIT bool checksum_ok(const void *table, uint32_t size)
{
	const uint8_t *bytes = table;
	uint8_t sum = 0;

	for (uint32_t i = 0; i < size; i++) {
		sum += bytes[i];
	}
	return sum == 0;
}

/* At a multiple of 16 in [start, start + size); NULL. */
static INIT const void *scan_for_table(paddr_t start, uint32_t size, const char *signature,
                                       uint32_t table_size)
{
	for (paddr_t pa = start; pa + table_size <= start + size; pa += 16) {
		if (boot_starts_with(frame_low(pa), signature) &&
		    checksum_ok(frame_low(pa), table_size)) {
			return frame_low(pa);
		}
	}
	return NULL;
}

INIT const void *tables_find(const char *signature, uint32_t size)
{
	paddr_t ebda = *(uint16_t *)frame_low(0x40E)
	               << 4; /* the BIOS data area names its segment */
	const void *found = NULL;

	if (ebda >= 0x80000 && ebda < 0xA0000) {
		found = scan_for_table(ebda, 1024, signature, size);
	}
	found = found ? found : scan_for_table(639 * 1024, 1024, signature, size);
	return found ? found : scan_for_table(0xE0000, 0x20000, signature, size);
}

static INIT_DATA struct {
	char signature[4];
	uint16_t length; /* MADT: 32 bits; a longer one fails by its checksum */
	uint8_t rest[30];
	uint32_t lapic, flags;
	uint8_t entries[TABLE_MAX - 44];
} table;
_Static_assert(offsetof(typeof(table), lapic) == 36, "ACPI 6.4, 5.2.12; MP 1.4, 4.2");

INIT const void *tables_copy(paddr_t at, const char *signature)
{
	kmap_read(&table, at, offsetof(typeof(table), entries));
	if (!boot_starts_with(table.signature, signature) || table.length > sizeof(table) ||
	    table.length < offsetof(typeof(table), entries)) {
		return NULL;
	}
	kmap_read(&table, at, table.length);
	return checksum_ok(&table, table.length) ? &table : NULL;
}

INIT bool tables_apply(struct machine *machine, paddr_t at, const char *signature,
                       tables_apply_fn *apply)
{
	uint32_t size, left;

	if (!tables_copy(at, signature)) {
		return false;
	}
	machine->lapic = table.lapic;
	left = table.length - offsetof(typeof(table), entries);
	for (const uint8_t *entry = table.entries; left > 0; entry += size, left -= size) {
		size = apply(machine, entry, left);
		if (!size) {
			break;
		}
	}
	return true;
}

INIT void tables_add_cpu(struct machine *machine, uint32_t apic_id)
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
