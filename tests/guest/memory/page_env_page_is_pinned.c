/* The env page and the public records can be neither mapped elsewhere,
 * replaced, freed, marked nor shared, and do not show in a query; a new env has
 * an env page of its own. */
#include "tests/guest/memory.h"

static void check_place(vaddr_t va)
{
	pte_t entry;
	uint32_t mappings, before;

	CHECK_EQ(sys_page_mark(0, OTHER + PGSIZE, 0, 1), 1);
	before = free_frames();
	CHECK_EQ(sys_page_alloc(0, va | PTE_W, 1), E_INVAL);
	CHECK_EQ(sys_page_map(0, va, 0, OTHER, 1), E_INVAL);
	CHECK_EQ(sys_page_map(0, UTEXT, 0, va, 1), E_INVAL);
	CHECK_EQ(sys_page_unmap(0, va, 1), E_INVAL);
	CHECK_EQ(sys_page_mark(0, va, 0, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, va, 0, OTHER, 1), E_INVAL);
	CHECK_EQ(sys_page_query(0, va, &entry, &mappings), E_INVAL);
	CHECK_EQ(sys_page_fill(0, OTHER, 0, va, 1), E_INVAL);
	CHECK_EQ(entry_of(OTHER), 0);
	CHECK_EQ(free_frames(), before);
}

static void check_ids(void)
{
	CHECK_EQ(env_page->id, sys_self());
	CHECK_EQ(env_infos[ENV_SLOT(sys_self())].id, sys_self());
}

static void check_own_page(void)
{
	CHECK_EQ(env_page->user[100], 0);
	env_page->user[100] = 2;
	check_ids();
}

int main(void)
{
	check_ids();
	check_place(ENVPAGE);
	check_place(UENVS);
	check_place(UENVS + NENV * sizeof(struct env_info) - PGSIZE);
	env_page->user[100] = 1;
	check_child(check_own_page);
	CHECK_EQ(env_page->user[100], 1);
	check_ids();
	return 0;
}
