/* What the kernel tells the first server, at BOOTINFO, read only. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

#define BOOT_MODULES_MAX 16
#define BOOT_RANGES_MAX 32
#define BOOT_CMDLINE_MAX 1024
#define BOOT_MODULE_NAME_MAX 64

struct boot_module {
	paddr_t start;                   /* page aligned; map with SYS_PAGE_PHYS */
	uint32_t size;                   /* bytes */
	char name[BOOT_MODULE_NAME_MAX]; /* the module's command line, zero terminated */
};

struct boot_range {
	uint64_t start, size; /* bytes */
	uint32_t type;        /* 1 is RAM (Multiboot 1, 3.3) */
	uint32_t reserved;
};

struct bootinfo {
	uint32_t ncpu;
	uint32_t cpu_apic_id[NCPU_MAX];
	uint32_t tsc_per_ms;
	paddr_t fadt; /* ACPI's fixed description table; 0: none */
	uint32_t nmodules;
	struct boot_module module[BOOT_MODULES_MAX];
	uint32_t nranges;
	struct boot_range range[BOOT_RANGES_MAX];
	char cmdline[BOOT_CMDLINE_MAX];
};
_Static_assert(sizeof(struct bootinfo) <= 2 * PGSIZE, "two pages");
