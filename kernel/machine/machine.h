/* What the firmware says about CPUs and interrupt controllers. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

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
