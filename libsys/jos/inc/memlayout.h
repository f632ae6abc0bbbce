/* JOS face: the address map. It is the system's own (kernel/abi/memlayout.h); here are the names
 * that JOS has besides. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "libsys/jos/inc/mmu.h"
#include "libsys/jos/inc/types.h"

/* Segment selectors. A program's: code 0x1b, data 0x23. */
#define GD_KT 0x08
#define GD_KD 0x10
#define GD_UT 0x18
#define GD_UD 0x20
#define GD_TSS0 0x28

#define IOPHYSMEM 0x0A0000
#define EXTPHYSMEM 0x100000

/* For temporary mappings; pointers on JOS. */
#undef UTEMP
#undef PFTEMP
#define UTEMP ((void *)PTSIZE)
#define PFTEMP (UTEMP + PTSIZE - PGSIZE)

#define KSTACKTOP KERNBASE
#define MMIOLIM KSTACKBASE
#define UVPTLIM ULIM

#define USTABDATA (PTSIZE / 2)

typedef uint32_t pte_t;
typedef uint32_t pde_t;

/* The own page tables, read only: uvpt[va / PGSIZE], uvpd[va / PTSIZE]. An entry of uvpt may be
 * read only where that of uvpd is present. */
extern volatile pte_t uvpt[];
extern volatile pde_t uvpd[];
