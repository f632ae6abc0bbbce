/* Page-table entries as user level sees them (Intel SDM vol. 3, 4.3).
 *
 * A present entry holds a frame address, rights, and three software bits
 * (PTE_SOFT) that belong to user level. An absent entry (PTE_P clear) belongs
 * to user level entirely: the page table is the pager's database. */
#pragma once

#define PTE_P 0x001u
#define PTE_W 0x002u
#define PTE_U 0x004u
#define PTE_PWT 0x008u
#define PTE_PCD 0x010u
#define PTE_A 0x020u
#define PTE_D 0x040u
#define PTE_PS 0x080u
#define PTE_G 0x100u
#define PTE_SOFT 0xE00u
#define PTE_ADDR(entry) ((entry) & ~0xFFFu)

/* The system's convention for the software bits. The kernel knows none of it. */
#define PTE_COW 0x800u   /* copy before the first write */
#define PTE_SHARE 0x400u /* stays shared over fork */

/* An absent entry with this value reads as zeros once touched. */
#define PTE_ZERO_FILL 0x200u

/* An absent entry with PTE_IMAGE is a page of a program that nobody has touched yet: the page at
 * byte PTE_ADDR(entry) + va (modulo 2^32) of the boot archive. So all pages of a segment have the
 * same entry, and one conditional PAGE_MAP brings a run of them; the entry means something at its
 * own address only. */
#define PTE_IMAGE 0x800u
#define PTE_IMAGE_WRITABLE 0x400u /* the program may write: to a copy */

/* An absent entry whose low bits are PTE_KEPT is a page that the process's own pager keeps
 * somewhere; the upper 20 bits tell it where. Without that pager the page is lost. */
#define PTE_KEPT 0x600u
#define PTE_IS_KEPT(entry) ((0xFFFu & (entry)) == PTE_KEPT)

/* Page-fault error code (SDM vol. 3, 4.7). */
#define FEC_PR 0x1u /* the page was present */
#define FEC_WR 0x2u /* the access was a write */
#define FEC_U 0x4u  /* from user mode */

/* How far one page call goes, and what of that it clears or copies: so no call takes long. */
#define PAGE_RUN_MAX 128
#define PAGE_FILLS_MAX 32

/* Flags of the page calls. They travel in the low bits of a page address,
 * beside PTE_W and PTE_SOFT, in bit positions that no right uses. */
#define PAGE_COND 0x001u    /* only where the entry equals the env page's `expect` */
#define PAGE_FILL 0x004u    /* SYS_PAGE_ALLOC: fill from a page instead of zeros */
#define PAGE_UNSHARE 0x008u /* with PAGE_FILL: keep the frame if nobody else maps it */
#define PAGE_NOCACHE 0x010u /* SYS_PAGE_PHYS: uncached */
