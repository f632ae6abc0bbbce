/* A program can act on no env but itself and those that it made: neither on
 * servers, nor on its parent or its children by fork; and ids that are no env's
 * name nobody. */
#include "tests/guest/memory.h"

static envid_t target;

static void check_refused(int wanted)
{
	struct env_regs regs = {.eip = 1};
	struct sysinfo before = settled_info();
	pte_t entry;
	uint32_t mappings;

	CHECK_EQ(sys_env_destroy(target, 0), wanted);
	for (int field = ENV_RUN; field <= ENV_DEATHS + 3; field++) {
		CHECK_EQ(sys_env_set(target, field, 1), wanted);
	}
	CHECK_EQ(sys_env_get_regs(target, &regs), wanted);
	CHECK_EQ(sys_env_set_regs(target, &regs), wanted);
	CHECK_EQ(sys_env_fork(target, 8), wanted);
	CHECK_EQ(sys_page_alloc(target, AREA | PTE_W, 1), wanted);
	CHECK_EQ(sys_page_fill(target, AREA, 0, UTEXT, 1), wanted);
	CHECK_EQ(sys_page_fill(0, AREA, target, UTEXT, 1), wanted);
	CHECK_EQ(sys_page_map(target, UTEXT, 0, AREA, 1), wanted);
	CHECK_EQ(sys_page_map(0, UTEXT, target, AREA, 1), wanted);
	CHECK_EQ(sys_page_unmap(target, UTEXT, 1), wanted);
	CHECK_EQ(sys_page_query(target, UTEXT, &entry, &mappings), wanted);
	CHECK_EQ(sys_page_mark(target, UTEXT, 0, 1), wanted);
	CHECK_EQ(sys_page_share(target, UTEXT, 0, AREA, 1), wanted);
	CHECK_EQ(entry_of(AREA), 0);
	CHECK_EQ(settled_info().frames_free, before.frames_free);
}

static void check_parent(void)
{
	check_refused(E_PERM);
}

int main(void)
{
	envid_t mine = bare_empty(16);
	static const envid_t nobody[] = {-1, 0x7FFFFFFF, (envid_t)0x80000000, 1023, 1, 0x7FFFF000};

	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, 0, 1), 1); /* the table */
	target = process_manager;
	check_refused(E_PERM);
	target = process_server(PM_SERVER_PAGER);
	check_refused(E_PERM);
	target = process_server(PM_SERVER_CONSOLE);
	check_refused(E_PERM);
	target = sys_self();
	check_child(check_parent);
	for (uint32_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
		target = nobody[i];
		check_refused(E_BAD_ENV);
	}
	target = mine;
	bare_destroy(mine);
	check_refused(E_BAD_ENV);
	target = mine + (1 << ENV_GENSHIFT) * 1000; /* the right slot, a generation to come */
	check_refused(E_BAD_ENV);
	return 0;
}
