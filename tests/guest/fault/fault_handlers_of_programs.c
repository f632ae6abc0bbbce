/* A program's own handlers see what the pager does not know, may mend it, nest, and leave every
 * register as it was. */
#include "libsys/fault.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

enum { AREA = 0x20000000, PAGES = 16 };

static volatile int faults, exceptions;
static volatile uint32_t seen_va, seen_err;

static void map_page(struct utrapframe *utf)
{
	faults++;
	seen_va = utf->fault_va;
	seen_err = utf->err;
	CHECK(sys_page_alloc(0, (utf->fault_va & ~(PGSIZE - 1)) | PTE_W, 1) == 1);
}

/* Touches the next page first, which faults on the exception stack. */
static void map_page_nesting(struct utrapframe *utf)
{
	faults++;
	if (utf->fault_va < AREA + (2 * PAGES - 1) * PGSIZE) {
		*(volatile int *)(utf->fault_va + PGSIZE) = 1;
	}
	CHECK(sys_page_alloc(0, (utf->fault_va & ~(PGSIZE - 1)) | PTE_W, 1) == 1);
}

static void skip_ud2(struct utrapframe *utf)
{
	exceptions++;
	CHECK_EQ(utf->fault_va, 6);
	*(volatile int *)(AREA + 0x100000 + exceptions * PGSIZE) = 1; /* a page fault in here */
	utf->eip += 2;
}

int main(void)
{
	CHECK(fault_set_handler(map_page) == NULL);
	for (uint32_t i = 0; i < PAGES; i++) {
		volatile uint32_t *word = (volatile uint32_t *)(AREA + i * PGSIZE + 8);

		CHECK_EQ(*word, 0);
		*word = i;
		CHECK_EQ(faults, i + 1);
		CHECK_EQ(seen_va, AREA + i * PGSIZE + 8);
	}
	CHECK_EQ(seen_err & (FEC_PR | FEC_WR | FEC_U), FEC_U);

	faults = 0;
	CHECK(fault_set_handler(map_page_nesting) == map_page);
	*(volatile int *)(AREA + (2 * PAGES - 8) * PGSIZE) = 7;
	CHECK_EQ(faults, 8);

	CHECK(fault_set_handler(map_page) == map_page_nesting);
	CHECK(fault_set_exception_handler(skip_ud2) == NULL);
	for (int i = 0; i < 100; i++) {
		uint32_t a = 0x1234567, b = 0x89ABCDE, flags;

		asm volatile("stc; ud2; pushfl; popl %2" : "+S"(a), "+D"(b), "=r"(flags));
		CHECK_EQ(a, 0x1234567);
		CHECK_EQ(b, 0x89ABCDE);
		CHECK_EQ(flags & 1, 1);
	}
	CHECK_EQ(exceptions, 100);
	return 0;
}
