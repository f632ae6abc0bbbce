/* The heap's address range: from the page after the program's end up to HEAP_LIMIT, far below
 * the stack and below the addresses that programs like to use as examples of a bad or a shared
 * address. New pages are only marked zero-fill in the own page table; the pager brings them when
 * they are touched. On fault path `self` they are there at once, as everything is.
 *
 *     end   heap_start            heap_break            HEAP_LIMIT
 *      |....|---- marked pages -------|...|- absent ----------|
 *                                         page boundary
 */
#include "libsys/self.h"
#include "libsys/stdlib.h"
#include "libsys/syscall.h"

#define HEAP_LIMIT 0x80000000u

extern char end[]; /* of bss; from the linker */

static vaddr_t heap_break; /* 0: the heap was never used */

static vaddr_t page_above(vaddr_t va)
{
	return (va + PGSIZE - 1) & ~(PGSIZE - 1);
}

static int grow(vaddr_t from, vaddr_t to)
{
	uint32_t npages = (to - from) / PGSIZE;

	if (npages == 0) {
		return OK;
	}

	int status = self_path() ? page_alloc_all(0, from | PTE_W, npages)
	                         : page_mark_all(0, from, PTE_ZERO_FILL, npages);

	if (status < 0) {
		int undone = page_unmap_all(0, from, npages);

		(void)undone; /* what could not be had is absent already */
	}
	return status;
}

static int shrink(vaddr_t from, vaddr_t to)
{
	uint32_t npages = (from - to) / PGSIZE;

	return npages == 0 ? OK : page_unmap_all(0, to, npages);
}

void *sbrk(intptr_t delta)
{
	vaddr_t start = page_above((vaddr_t)end);
	vaddr_t old = heap_break != 0 ? heap_break : start;
	vaddr_t new = old + (vaddr_t)delta;
	int status;

	if (delta >= 0) {
		if ((vaddr_t)delta > HEAP_LIMIT - old) {
			return (void *)-1;
		}
		status = grow(page_above(old), page_above(new));
	} else {
		if (old - start < -(vaddr_t)delta) {
			return (void *)-1;
		}
		status = shrink(page_above(old), page_above(new));
	}
	if (status < 0) {
		return (void *)-1;
	}
	heap_break = new;
	return (void *)old;
}
