/* The kernel's mappings: physical memory at KERNBASE (4 MiB pages, made by boot.asm), device
 * registers, per-CPU windows and stacks (4 KiB pages, made here at boot).
 *
 * Only window entries change after boot, each by its own CPU alone. */
#include "kernel/memory/kmap.h"

#include "kernel/abi/page.h"
#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"
#include "kernel/cpu/cpu.h"

enum { WINDOWS = MMIOBASE + PTSIZE - NCPU_MAX * FRAME_SLOTS * PGSIZE, TABLES = 2 };
_Static_assert(MMIOBASE + TABLES * PTSIZE == KERNBASE, "devices and windows, then stacks");

pte_t kmap_pgdir[1024] __attribute__((aligned(4096)));
static pte_t tables[TABLES * 1024] __attribute__((aligned(4096))); /* of [MMIOBASE, KERNBASE) */

static pte_t *entry_of(vaddr_t va)
{
	return &tables[(va - MMIOBASE) >> PGSHIFT];
}

INIT void kmap_init(void)
{
	for (vaddr_t va = MMIOBASE; va != KERNBASE; va += PTSIZE) {
		kmap_pgdir[va >> PTSHIFT] = frame_low_addr(entry_of(va)) | PTE_P | PTE_W;
	}
}

INIT void kmap_device(vaddr_t va, paddr_t pa)
{
	*entry_of(va) = PTE_ADDR(pa) | PTE_P | PTE_W | PTE_PCD | PTE_PWT | PTE_G;
}

void *kmap_page(void)
{
	paddr_t frame = frame_alloc(FRAME_DIRECT | FRAME_RESERVE);

	return frame == FRAME_NONE ? NULL : frame_low(frame);
}

INIT vaddr_t kmap_stack(uint32_t index)
{
	vaddr_t top = KERNBASE - index * KSTACK_STRIDE;

	for (vaddr_t va = top - KSTACK_SIZE; va != top; va += PGSIZE) {
		const void *page = kmap_page();

		if (!page) {
			panic("no memory for the stack of CPU %u", index);
		}
		*entry_of(va) = frame_low_addr(page) | PTE_P | PTE_W | PTE_G;
	}
	return top;
}

__attribute__((noinline)) void *kmap_window(paddr_t frame, enum frame_slot slot)
{
	vaddr_t va = WINDOWS + (this_cpu()->index * FRAME_SLOTS + slot) * PGSIZE;

	*entry_of(va) = frame | PTE_P | PTE_W;
	invlpg(va);
	return (void *)va;
}

INIT void kmap_read(void *dst, paddr_t src, uint32_t size)
{
	uint8_t *to = dst;

	while (size > 0) {
		uint32_t offset = src % PGSIZE;
		uint32_t part = PGSIZE - offset < size ? PGSIZE - offset : size;
		const uint8_t *from = frame_enter(PTE_ADDR(src), FRAME_SLOT_SRC);

		copy_words(to, from + offset, part / 4);
		copy_bytes(to + part / 4 * 4, from + offset + part / 4 * 4, part % 4);
		to += part;
		src += part;
		size -= part;
	}
}
