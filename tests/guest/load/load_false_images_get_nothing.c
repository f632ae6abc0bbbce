/* Who makes up entries of programs' pages gets pages of the archive, read only or copied, or a
 * fault; never anything else. */
#include "libsys/fault.h"
#include "libsys/stdlib.h"
#include "tests/guest/loading.h"

static volatile uint32_t refused;

static void step_over(struct utrapframe *utf)
{
	refused++;
	CHECK_EQ(sys_page_alloc(0, PTE_ADDR(utf->fault_va) | PTE_W, 1), 1);
}

static uint32_t read_image(vaddr_t va, uint32_t offset, uint32_t flags)
{
	CHECK_EQ(sys_page_unmap(0, va, 1), 1);
	CHECK_EQ(sys_page_mark(0, va, PTE_ADDR(offset - va) | PTE_IMAGE | flags, 1), 1);

	uint32_t before = refused, word = *words_at(va);

	return refused == before ? word : 0;
}

static uint32_t is_refused(vaddr_t va, uint32_t offset)
{
	uint32_t before = refused;

	(void)read_image(va, offset, 0);
	return refused - before;
}

int main(void)
{
	char magic[4];
	uint32_t word;

	fault_set_handler(step_over);
	word = read_image(AREA, 0, 0);
	memcpy(magic, &word, sizeof(magic));
	CHECK(memcmp(magic, "0707", 4) == 0);
	CHECK_EQ(refused, 0);
	word = read_image(UXSTACKTOP - 2 * PGSIZE, 0, 0); /* the last user page but one */
	CHECK(memcmp(&word, "0707", 4) == 0);

	CHECK_EQ(is_refused(AREA, 0xFFFFF000), 1);
	CHECK_EQ(is_refused(AREA, 0x80000000), 1);
	CHECK_EQ(is_refused(AREA, 0 - PGSIZE), 1);
	CHECK_EQ(is_refused(AREA, 0x10000000), 1);

	CHECK_EQ(sys_page_unmap(0, AREA, 1), 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_ADDR(0 - AREA) | PTE_IMAGE, 1), 1);
	refused = 0;
	*words_at(AREA) = 1; /* not writable: the handler's */
	CHECK_EQ(refused, 1);
	CHECK_EQ(sys_page_mark(0, OTHER, PTE_ADDR(0 - OTHER) | PTE_IMAGE | PTE_IMAGE_WRITABLE, 1),
	         1);
	*words_at(OTHER) = 1;
	CHECK_EQ(refused, 1);
	CHECK_EQ(rights_of(entry_at((void *)OTHER)), PTE_P | PTE_W);
	CHECK_EQ(mappings_of(OTHER), 1);

	srand(7);
	for (int i = 0; i < 500; i++) {
		vaddr_t va = PTE_ADDR(AREA + rand() % (OTHER - AREA - PGSIZE));

		(void)read_image(va, rand() * 8191u, rand() & PTE_IMAGE_WRITABLE);
	}
	word = read_image(AREA, 0, 0);
	CHECK(memcmp(&word, "0707", 4) == 0);
	return 0;
}
