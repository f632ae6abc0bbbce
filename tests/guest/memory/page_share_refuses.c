/* PAGE_SHARE refuses rights, conditions, bad ranges and envs that are not the
 * caller's, and then has changed nothing on either side. */
#include "tests/guest/memory.h"

int main(void)
{
	envid_t env = bare_empty(64), gone = bare_empty(8);
	uint32_t mappings;

	bare_destroy(gone);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	CHECK_EQ(sys_page_share(0, AREA, env, OTHER | PTE_W, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA | PTE_W, env, OTHER, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA | PAGE_COND, env, OTHER, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA, env, OTHER | PAGE_COND, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA, env, UTOP - PGSIZE, 2), E_INVAL);
	CHECK_EQ(sys_page_share(0, UTOP - PGSIZE, env, OTHER, 2), E_INVAL);
	CHECK_EQ(sys_page_share(0, ENVPAGE, env, OTHER, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA, env, ENVPAGE, 1), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA, env, OTHER, 0xFFFFFF), E_INVAL);
	CHECK_EQ(sys_page_share(0, AREA, gone, OTHER, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_share(gone, AREA, env, OTHER, 1), E_BAD_ENV);
	CHECK_EQ(sys_page_share(0, AREA, process_manager, OTHER, 1), E_PERM);
	CHECK_EQ(sys_page_share(process_manager, UTEXT, env, OTHER, 1), E_PERM);
	CHECK_EQ(entry_in(env, OTHER, &mappings), 0);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P | PTE_W);
	CHECK_EQ(mappings_of(AREA), 1);
	return 0;
}
