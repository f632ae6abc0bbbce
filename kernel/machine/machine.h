/* What the firmware says about CPUs and interrupt controllers. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"
#include "kernel/base/section.h"

struct machine {
	const char *source; /* where it was found, for the log */
	paddr_t lapic, ioapic;
	paddr_t fadt;        /* 0: none */
	uint32_t acpi_timer; /* its port, likewise */
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

/* Fill *machine and return true; or return false, and *machine has at most what is not about CPUs. */
bool acpi_discover(struct machine *machine);
bool mp_discover(struct machine *machine);

/* For both. Where the firmware puts the pointer to its tables, with this signature, `size` bytes with a correct checksum: in the
 * first KiB of the extended BIOS data area, the last KiB of base memory, or the BIOS ROM. NULL. */
const void *machine_find(const char *signature, uint32_t size);

/* Applies one entry of a table, of which `left` bytes are there, to *machine; its size, 0 if there is none. */
typedef uint32_t machine_apply_fn(struct machine *machine, const uint8_t *entry, uint32_t left);
/* A copy of the table at `at`, wherever it lies, if it has this signature and a correct checksum, else NULL. Good until the next
 * call. */
const void *machine_table(paddr_t at, const char *signature);
/* Applies that table; false if there is none. MADT and MP
 * configuration table have in the same place what counts: length, address of the local APICs, entries. */
bool machine_apply(struct machine *machine, paddr_t table, const char *signature,
                   machine_apply_fn *apply);

void machine_add_cpu(struct machine *machine, uint32_t apic_id);
