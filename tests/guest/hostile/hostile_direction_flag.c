/* A program that enters the kernel with the direction flag set gets its page
 * cleared and copied all the same, and nothing beside it changes. */
#include "tests/guest/memory.h"

enum { PAGES = 3, FILL = 0x11111111 };

static int enter_backwards(uint32_t eax, struct syscall_regs *regs)
{
	asm volatile("std" ::: "memory");
	int result = syscall_raw(eax, regs);
	asm volatile("cld" ::: "memory");
	return result;
}

static void check_page(vaddr_t va, uint32_t wanted)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < WORDS; i++) {
		wrong += words_at(va)[i] != wanted;
	}
	CHECK_EQ(wrong, 0);
}

int main(void)
{
	struct syscall_regs regs;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, PAGES), PAGES);
	for (uint32_t i = 0; i < PAGES * WORDS; i++) {
		words_at(AREA)[i] = FILL;
	}
	regs = (struct syscall_regs){.esi = (AREA + PGSIZE) | PTE_W};
	CHECK_EQ(enter_backwards(SYS_PAGE_ALLOC, &regs), 1);
	check_page(AREA, FILL);
	check_page(AREA + PGSIZE, 0);
	check_page(AREA + 2 * PGSIZE, FILL);
	regs = (struct syscall_regs){
		.esi = (AREA + PGSIZE) | PTE_W | PAGE_FILL, .edi = 0, .ebp = AREA};
	CHECK_EQ(enter_backwards(SYS_PAGE_ALLOC, &regs), 1);
	check_page(AREA + PGSIZE, FILL);
	return 0;
}
