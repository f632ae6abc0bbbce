/* The bare call debug_write refuses what the caller may not read: kernel memory, what wraps around,
 * and what runs into an unmapped page; and prints nothing of it. libsys has pages brought that are
 * its program's and not there yet. */
#include "tests/guest/memory.h"

static void check_range(vaddr_t va, uint32_t length, int wanted)
{
	struct syscall_regs regs = {.ebx = va, .esi = length};
	int result = syscall_raw(SYS_DEBUG_WRITE, &regs);

	if (result != wanted) {
		printf("debug_write(0x%08x, 0x%x): %s, not %s\n", va, length, STATUS(result),
		       STATUS(wanted));
		exit(1);
	}
}

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, PTE_ZERO_FILL, 1), 1);
	check_range(1, 0xFFFFFFF0, E_INVAL);
	check_range(0xFFFFF000, 0x2000, E_INVAL);
	check_range(0, 0xFFFFFFFF, E_INVAL);
	check_range(AREA, 1025, E_INVAL);
	check_range(AREA, 0x80000000, E_INVAL);
	check_range(0xFFFFF000, 0x400, E_FAULT);
	check_range(0xFFFFFF00, 0x100, E_FAULT);
	check_range(0xFFFFFF00, 0x101, E_FAULT);
	check_range(0xFFFFFFFF, 2, E_FAULT);
	check_range(KERNBASE, 16, E_FAULT);
	check_range(0xF0100000, 16, E_FAULT);
	check_range(KSTACKBASE, 1, E_FAULT);
	check_range(KERNBASE - 8, 16, E_FAULT);
	check_range(ULIM, 1, E_FAULT);
	check_range(ULIM - 1, 2, E_FAULT);
	check_range(UPAGES, 1, E_FAULT);
	check_range(0, 16, E_FAULT);
	check_range(1, 1, E_FAULT);
	check_range(AREA + PGSIZE - 1, 2, E_FAULT);
	check_range(AREA + PGSIZE - 1024, 1025, E_INVAL);
	check_range(AREA - 1, 2, E_FAULT);
	check_range(AREA + PGSIZE, 1, E_FAULT); /* zero-filled some day, absent now */
	check_range(USTACKTOP - 4, 8, E_FAULT);
	check_range(OTHER, 1, E_FAULT);

	memset((void *)AREA, ' ', PGSIZE);
	check_range(AREA, 1024, 128); /* nobody waits longer for the lock */
	check_range(AREA, 128, 128);
	((char *)AREA)[9] = '\n';
	check_range(AREA, 1024, 10); /* a line is not torn */
	check_range(AREA + PGSIZE - 1, 0, OK);
	check_range(0xFFFFFFFF, 0, OK);

	CHECK_EQ(sys_debug_write((const void *)(AREA + 2 * PGSIZE - 1), 2), E_FAULT);
	CHECK_EQ(sys_debug_write((const void *)0xFFFFFFFF, 2), E_FAULT);
	CHECK_EQ(sys_debug_write((const void *)(KERNBASE - 8), 16), E_FAULT);
	CHECK_EQ(sys_debug_write((const void *)(AREA + PGSIZE - 1), 2), OK);
	return 0;
}
