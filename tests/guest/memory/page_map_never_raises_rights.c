/* A page that is read only here cannot be mapped writable anywhere, here or in
 * another env. */
#include "tests/guest/memory.h"

int main(void)
{
	envid_t env = bare_empty(64);
	uint32_t mappings;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 2), 2);
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER | PTE_COW, 1), 1);
	CHECK_EQ(rights_of(entry_of(OTHER)), PTE_P | PTE_COW);
	CHECK_EQ(PTE_ADDR(entry_of(OTHER)), PTE_ADDR(entry_of(AREA)));
	CHECK_EQ(sys_page_map(0, OTHER, 0, (OTHER + PGSIZE) | PTE_W, 1), E_PERM);
	CHECK_EQ(entry_of(OTHER + PGSIZE), 0);
	CHECK_EQ(sys_page_map(0, OTHER, 0, OTHER | PTE_W, 1), E_PERM); /* onto itself */
	CHECK_EQ(rights_of(entry_of(OTHER)), PTE_P | PTE_COW);
	CHECK_EQ(sys_page_map(0, OTHER, env, OTHER | PTE_W, 1), E_PERM);
	CHECK_EQ(entry_in(env, OTHER, &mappings), 0);

	/* The program's own text, and back through another env. */
	CHECK_EQ(sys_page_map(0, UTEXT, env, OTHER, 1), 1);
	CHECK_EQ(sys_page_map(env, OTHER, 0, (OTHER + PGSIZE) | PTE_W, 1), E_PERM);
	CHECK_EQ(sys_page_map(0, UTEXT, 0, (OTHER + PGSIZE) | PTE_W, 1), E_PERM);

	/* In a run, what can be done is done. */
	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, 0, 1), 1);
	CHECK_EQ(sys_page_map(0, AREA, 0, OTHER | PTE_W, 2), 1);
	CHECK_EQ(entry_of(OTHER + PGSIZE), 0);
	return 0;
}
