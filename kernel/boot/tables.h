/* The firmware's tables about CPUs and interrupt controllers. Boot time only. */
#pragma once

#include "kernel/base/section.h"
#include "kernel/machine/machine.h"

/* ACPI's MADT, else the MP tables, else one CPU at the usual addresses. Words `noacpi` and `nomp`
 * on the command line skip a source. */
void machine_discover(struct machine *machine, const char *cmdline);

/* Fill *machine and return true; or return false, and *machine has at most what is not about
 * CPUs. */
bool acpi_discover(struct machine *machine);
bool mp_discover(struct machine *machine);

/* For both. Where the firmware puts the pointer to its tables, with this signature, `size` bytes
 * with a correct checksum: in the first KiB of the extended BIOS data area, the last KiB of base
 * memory, or the BIOS ROM. NULL. */
const void *tables_find(const char *signature, uint32_t size);

/* Applies one entry of a table, of which `left` bytes are there, to *machine; its size, 0 if there
 * is none. */
typedef uint32_t tables_apply_fn(struct machine *machine, const uint8_t *entry, uint32_t left);
/* A copy of the table at `at`, wherever it lies, if it has this signature and a correct checksum,
 * else NULL. Good until the next call. */
const void *tables_copy(paddr_t at, const char *signature);
/* Applies that table; false if there is none. MADT and MP configuration table have in the same
 * place what counts: length, address of the local APICs, entries. */
bool tables_apply(struct machine *machine, paddr_t table, const char *signature,
                  tables_apply_fn *apply);

void tables_add_cpu(struct machine *machine, uint32_t apic_id);
