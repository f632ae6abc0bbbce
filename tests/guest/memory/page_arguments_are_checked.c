/* Page calls refuse runs that leave user memory or wrap around, and flags they
 * do not know, and then have changed nothing. */
#include "tests/guest/memory.h"

struct run {
	vaddr_t va;
	uint32_t npages;
};

static const struct run bad_runs[] = {
	{UTOP, 1},
	{UTOP - PGSIZE, 2},
	{ENVPAGE, 1},
	{UENVS, 1},
	{UVPT, 1},
	{UVPD, 1},
	{ULIM, 1},
	{KSTACKBASE, 1},
	{KERNBASE, 1},
	{0xFFFFF000, 1},
	{0xFFFFF000, 2},
	{0xFFFFF000, 0xFFFFFF},
	{0, 0xFFFFFF},
	{PGSIZE, 0x100000},
	{AREA, 0x100000},
	{AREA, 0x60001},
	{0, UTOP / PGSIZE + 1},
	{0x80000000, 0x80000},
	{0xF0100000, 0x800},
	{UPAGES, 0x10},
};

static void check_run(const struct run *run)
{
	struct syscall_regs regs = {.esi = run->va};

	CHECK_EQ(sys_page_alloc(0, run->va | PTE_W, run->npages), E_INVAL);
	CHECK_EQ(sys_page_fill(0, run->va | PTE_W, 0, UTEXT, run->npages), E_INVAL);
	CHECK_EQ(sys_page_fill(0, AREA | PTE_W, 0, run->va, run->npages), E_INVAL);
	CHECK_EQ(sys_page_map(0, run->va, 0, AREA, run->npages), E_INVAL);
	CHECK_EQ(sys_page_map(0, UTEXT, 0, run->va, run->npages), E_INVAL);
	CHECK_EQ(sys_page_unmap(0, run->va, run->npages), E_INVAL);
	CHECK_EQ(sys_page_mark(0, run->va, 0, run->npages), E_INVAL);
	CHECK_EQ(sys_page_share(0, run->va, 0, AREA, run->npages), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA, 0, run->va, run->npages), E_INVAL);
	CHECK_EQ(syscall_raw(SYS_PAGE_QUERY | run->npages << 8, &regs), E_INVAL);
}

/* Bits that no right or flag of the call has. */
static void check_flags(void)
{
	struct syscall_regs regs;

	for (uint32_t bit = 1; bit < PGSIZE; bit <<= 1) {
		regs = (struct syscall_regs){.esi = UTEXT | bit};
		CHECK_EQ(syscall_raw(SYS_PAGE_QUERY, &regs), E_INVAL);
		if (bit == PAGE_COND) {
			continue;
		}
		CHECK_EQ(sys_page_unmap(0, UTEXT | bit, 1), E_INVAL);
		CHECK_EQ(sys_page_mark(0, UTEXT | bit, 0, 1), E_INVAL);
		CHECK_EQ(sys_page_map(0, UTEXT | bit, 0, AREA, 1), E_INVAL);
		CHECK_EQ(sys_page_fill(0, AREA, 0, UTEXT | bit, 1), E_INVAL);
	}
	for (uint32_t bit = PAGE_NOCACHE; bit < 0x200; bit <<= 1) {
		CHECK_EQ(sys_page_alloc(0, AREA | bit, 1), E_INVAL);
		CHECK_EQ(sys_page_map(0, UTEXT, 0, AREA | bit, 1), E_INVAL);
	}
	CHECK_EQ(sys_page_map(0, UTEXT, 0, AREA | PAGE_FILL, 1), E_INVAL);
	CHECK_EQ(sys_page_map(0, UTEXT, 0, AREA | PAGE_UNSHARE, 1), E_INVAL);
}

int main(void)
{
	uint32_t before;

	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, 0, 1), 1); /* the table */
	before = free_frames();
	for (uint32_t i = 0; i < sizeof(bad_runs) / sizeof(bad_runs[0]); i++) {
		check_run(&bad_runs[i]);
	}
	check_flags();
	CHECK_EQ(entry_of(AREA), 0);
	CHECK_EQ(free_frames(), before);
	return 0;
}
