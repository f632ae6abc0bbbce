/* JOS face: paging and processor flags (Intel SDM vol. 3, 2.3 and 4.3). */
#ifndef PARLEY_LIBSYS_JOS_INC_MMU_H
#define PARLEY_LIBSYS_JOS_INC_MMU_H

#include "kernel/abi/memlayout.h"
#include "kernel/abi/page.h"

/* va:  | directory index 10 | table index 10 | offset 12 | */
#define PDXSHIFT 22
#define PTXSHIFT 12
#define PGNUM(va) ((uintptr_t)(va) >> PTXSHIFT)
#define PDX(va) ((uintptr_t)(va) >> PDXSHIFT & 0x3FF)
#define PTX(va) ((uintptr_t)(va) >> PTXSHIFT & 0x3FF)
#define PGOFF(va) ((uintptr_t)(va)&0xFFF)
#define PGADDR(directory, table, offset)                                                           \
	((void *)((directory) << PDXSHIFT | (table) << PTXSHIFT | (offset)))

#define NPDENTRIES 1024
#define NPTENTRIES 1024

/* The bits that belong to programs, and all that a page call takes. */
#define PTE_AVAIL PTE_SOFT
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

#endif
