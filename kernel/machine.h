/* What the firmware says about CPUs and interrupt controllers. */
#ifndef PARLEY_KERNEL_MACHINE_H
#define PARLEY_KERNEL_MACHINE_H

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"
#include "kernel/section.h"

struct machine {
	const char *source; /* where it was found, for the log */
	paddr_t lapic, ioapic;
	uint32_t boot_apic_id;
	uint32_t ncpu; /* the boot CPU is not necessarily first */
	uint32_t apic_id[NCPU_MAX];
	uint32_t ignored; /* CPUs beyond NCPU_MAX */
	struct isa_irq {
		uint32_t pin, flags; /* as in the tables: bits 0-1 polarity, 2-3 trigger */
	} irq[16];
};
enum { IRQ_ACTIVE_LOW = 3, IRQ_LEVEL = 3 << 2 };

/* ACPI's MADT, else the MP tables, else one CPU at the usual addresses. Words `noacpi` and `nomp` on the
 * command line skip a source. */
void machine_discover(struct machine *machine, const char *cmdline);

/* Fill *machine and return true, or leave it alone and return false. */
bool acpi_discover(struct machine *machine);
bool mp_discover(struct machine *machine);

/* For both: whether the bytes add up to 0 modulo 256, as firmware tables do. */
bool machine_checksum_ok(const void *table, uint32_t size);
/* Where the firmware puts such a table, with this signature and a correct checksum over table_size bytes: in the first KiB
 * of the extended BIOS data area, the last KiB of base memory, or the BIOS ROM. NULL. */
const void *machine_find(const char *signature, uint32_t table_size);
void machine_add_cpu(struct machine *machine, uint32_t apic_id);

#endif
