/* A program can read its own page tables and the records of all envs, but not
 * write them. */
#include "tests/guest/memory.h"

static volatile uint32_t *target;

static void write_target(void)
{
	*target = 0;
}

static void check_not_writable(vaddr_t va)
{
	char wanted[40];

	target = words_at(va);
	snprintf(wanted, sizeof(wanted), "fault at 0x%08x (write", va);
	check_child_faults(write_target, wanted);
}

int main(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	words_at(AREA)[0] = 1;
	CHECK_EQ(uvpt[AREA >> PGSHIFT], entry_of(AREA));
	CHECK(uvpd[AREA >> PTSHIFT] & PTE_P);
	CHECK_EQ(uvpt[UVPT >> PGSHIFT] & PTE_P, uvpd[0] & PTE_P);
	CHECK_EQ(PTE_ADDR(uvpt[UVPD >> PGSHIFT]), PTE_ADDR(uvpd[UVPT >> PTSHIFT]));
	CHECK_EQ(uvpd[UVPT >> PTSHIFT] & PTE_W, 0);
	CHECK_EQ(env_infos[ENV_SLOT(sys_self())].id, sys_self());
	CHECK_EQ(env_infos[ENV_SLOT(process_manager)].id, process_manager);

	check_not_writable(UVPT + (AREA >> PGSHIFT) * 4);
	check_not_writable(UVPT + (UTEXT >> PGSHIFT) * 4);
	check_not_writable(UVPD);
	check_not_writable(UVPD + (AREA >> PTSHIFT) * 4);
	check_not_writable(UENVS);
	check_not_writable(UENVS + NENV * sizeof(struct env_info) - 4);
	return 0;
}
