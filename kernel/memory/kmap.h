/* The kernel's own part of every address space: PDEs from ULIM up, the same in all spaces and
 * never changed after boot, so that no kernel mapping ever needs a shootdown. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"
#include "kernel/cpu/cpu.h"
#include "kernel/memory/frame.h"

/* The directory with kernel entries only; idle CPUs run on it. */
extern pte_t kmap_pgdir[1024];

/* Fills the tables behind the kernel's PDEs. Before any other call here. */
void kmap_init(void);

/* Maps the page with the device registers at pa to the page va, uncached. Boot time only. */
void kmap_device(vaddr_t va, paddr_t pa);

/* A fresh page of directly mapped memory, with undefined contents; NULL: only the reserve is left.
 * Lock held. */
void *kmap_page(void);

/* Maps a fresh stack with a guard page below for CPU number `index`; its top. Boot time only. */
vaddr_t kmap_stack(uint32_t index);

/* Points this CPU's window slot at the frame. */
void *kmap_window(paddr_t frame, enum frame_slot slot);

/* Copies `size` bytes of physical memory, wherever it lies. */
void kmap_read(void *dst, paddr_t src, uint32_t size);
