/* JOS face: paging and processor flags (Intel SDM vol. 3, 2.3 and 4.3). */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/page.h"
#include "libsys/jos/inc/types.h"

/* Some of the kernel's numbers again, as JOS spells them: signed, so that a comparison with a negative
 * number means the same; and a program may define its own PTE_COW without a warning. layout.c holds the values
 * against the kernel's. */
#undef PGSIZE
#undef PTSIZE
#undef UTEXT
#undef PTE_P
#undef PTE_W
#undef PTE_U
#undef PTE_PWT
#undef PTE_PCD
#undef PTE_A
#undef PTE_D
#undef PTE_PS
#undef PTE_G
#undef PTE_COW
#undef PTE_SHARE
#undef PTE_ADDR
#undef FEC_PR
#undef FEC_WR
#undef FEC_U
#define PGSIZE 4096
#define PTSIZE (PGSIZE * NPTENTRIES)
#define UTEXT (2 * PTSIZE)
#define PTE_P 0x001
#define PTE_W 0x002
#define PTE_U 0x004
#define PTE_PWT 0x008
#define PTE_PCD 0x010
#define PTE_A 0x020
#define PTE_D 0x040
#define PTE_PS 0x080
#define PTE_G 0x100
#define PTE_COW 0x800
#define PTE_SHARE 0x400
#define PTE_ADDR(entry) ((physaddr_t)(entry) & ~0xFFF)
#define FEC_PR 0x1
#define FEC_WR 0x2
#define FEC_U 0x4

/* va:  | directory index 10 | table index 10 | offset 12 | */
#define PDXSHIFT 22
#define PTXSHIFT 12
#define PGNUM(va) ((uintptr_t)(va) >> PTXSHIFT)
#define PDX(va) ((uintptr_t)(va) >> PDXSHIFT & 0x3FF)
#define PTX(va) ((uintptr_t)(va) >> PTXSHIFT & 0x3FF)
#define PGOFF(va) (0xFFF & (uintptr_t)(va))
#define PGADDR(directory, table, offset)                                                           \
	((void *)((directory) << PDXSHIFT | (table) << PTXSHIFT | (offset)))

#define NPDENTRIES 1024
#define NPTENTRIES 1024

/* The bits that belong to programs, and all that a page call takes. */
#define PTE_AVAIL 0xE00
#define PTE_SYSCALL (PTE_AVAIL | PTE_P | PTE_W | PTE_U)

#define FL_CF 0x00000001
#define FL_PF 0x00000004
#define FL_AF 0x00000010
#define FL_ZF 0x00000040
#define FL_SF 0x00000080
#define FL_TF 0x00000100
#define FL_IF 0x00000200
#define FL_DF 0x00000400
#define FL_OF 0x00000800
#define FL_IOPL_MASK 0x00003000
#define FL_IOPL_0 0x00000000
#define FL_IOPL_1 0x00001000
#define FL_IOPL_2 0x00002000
#define FL_IOPL_3 0x00003000
#define FL_NT 0x00004000
#define FL_RF 0x00010000
#define FL_VM 0x00020000
#define FL_AC 0x00040000
#define FL_VIF 0x00080000
#define FL_VIP 0x00100000
#define FL_ID 0x00200000
