/* The virtual address map. User addresses are those of JOS lab 4.
 *
 *   4 GiB ------> +------------------------------+
 *                 | physical 0..256 MiB, mapped  | kernel only, 4 MiB pages
 *   KERNBASE ---> +------------------------------+ 0xf0000000
 *                 | kernel stacks, guard pages   | kernel only
 *   KSTACKBASE -> +------------------------------+ 0xefc00000
 *                 | device registers, windows    | kernel only
 *   ULIM -------> +------------------------------+ 0xef800000
 *                 | own page tables (read only)  | user may read
 *   UVPT -------> +------------------------------+ 0xef400000
 *                 | reserved                     |
 *   UPAGES -----> +------------------------------+ 0xef000000
 *                 | own env page (read/write)    | ENVPAGE 0xeefff000
 *                 | public env records (ro)      |
 *   UENVS ------> +------------------------------+ 0xeec00000
 *   UTOP,         | exception stack (one page)   |
 *   UXSTACKTOP -> +------------------------------+ 0xeebff000
 *                 | never mapped                 |
 *   USTACKTOP --> +------------------------------+ 0xeebfe000
 *                 | stack, grows down            |
 *                 | heap, data, text             |
 *   UTEXT ------> +------------------------------+ 0x00800000
 *                 | PFTEMP (one page)            | 0x007ff000
 *   UTEMP ------> +------------------------------+ 0x00400000
 *                 | free, page 0 stays unmapped  |
 *   0 ----------> +------------------------------+
 */
#pragma once

#define PGSIZE 4096u
#define PGSHIFT 12
#define PTSIZE (PGSIZE * 1024u) /* what one page table maps */
#define PTSHIFT 22

#define KERNBASE 0xF0000000u
#define KSTACKBASE 0xEFC00000u
#define ULIM 0xEF800000u
#define MMIOBASE ULIM
#define UVPT 0xEF400000u
#define UVPD (UVPT + (UVPT >> 10)) /* the page directory, seen through itself */
#define UPAGES 0xEF000000u
#define UENVS 0xEEC00000u
#define ENVPAGE (UPAGES - PGSIZE)
#define UTOP 0xEEC00000u
#define UXSTACKTOP UTOP
#define USTACKTOP (UTOP - 2 * PGSIZE)
/* The convention of pagers, which the kernel knows on path `kernel` only: absent entries (0) in
 * [STACK_BOTTOM, USTACKTOP) are zero-filled, so the stack grows down to here. The page below is the
 * guard: never filled. */
#define STACK_SIZE (1024u * 1024u)
#define STACK_BOTTOM (USTACKTOP - STACK_SIZE)
#define UTEXT 0x00800000u
#define UTEMP 0x00400000u
#define PFTEMP (UTEMP + PTSIZE - PGSIZE)

/* Where the kernel shows bootinfo to the first server, read only. */
#define BOOTINFO 0x00200000u

#define NENV 1024 /* env slots */
#define NCPU_MAX 16
