/* A query tells the entry, as uvpt shows it, and how many mappings its frame
 * has. */
#include "tests/guest/memory.h"

enum { COPIES = 20, QUERY_MOST = IPC_WORDS_MAX - 3 };

static void check_run(void)
{
	struct syscall_regs regs = {.ebx = 0, .esi = OTHER};

	CHECK_EQ(syscall_raw(SYS_PAGE_QUERY | (COPIES + 1) << 8, &regs), COPIES + 1);
	CHECK_EQ(regs.esi, COPIES + 1);
	for (int i = 0; i < COPIES; i++) {
		CHECK_EQ(env_page->msg[3 + i], uvpt[(OTHER >> PGSHIFT) + i]);
	}
	CHECK_EQ(env_page->msg[3 + COPIES], 0);
	regs = (struct syscall_regs){.esi = OTHER};
	CHECK_EQ(syscall_raw(SYS_PAGE_QUERY | 500 << 8, &regs), QUERY_MOST);
}

int main(void)
{
	envid_t env = bare_empty(64);
	uint32_t mappings;

	CHECK_EQ(entry_of(AREA), 0);
	CHECK_EQ(mappings_of(AREA), 0);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W, 1), 1);
	for (int i = 0; i < COPIES; i++) {
		CHECK_EQ(mappings_of(AREA), 1 + i);
		CHECK_EQ(sys_page_map(0, AREA, 0, OTHER + i * PGSIZE, 1), 1);
	}
	check_run();
	CHECK_EQ(sys_page_map(0, AREA, env, OTHER, 1), 1);
	CHECK_EQ(PTE_ADDR(entry_in(env, OTHER, &mappings)), PTE_ADDR(entry_of(AREA)));
	CHECK_EQ(mappings, COPIES + 2);
	bare_destroy(env);
	free_frames(); /* waits for the env's end */
	CHECK_EQ(mappings_of(AREA), COPIES + 1);
	for (int i = 0; i < COPIES; i++) {
		CHECK_EQ(sys_page_unmap(0, OTHER + i * PGSIZE, 1), 1);
		CHECK_EQ(mappings_of(AREA), COPIES - i);
	}
	CHECK_EQ(sys_page_mark(0, AREA, 0, 1), 1);
	CHECK_EQ(rights_of(entry_of(AREA)), PTE_P);
	return 0;
}
