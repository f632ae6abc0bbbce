/* boot: killservers
 * An env that a process made itself, and that has the process's pager, gets the new pager too,
 * although procmgr does not control it: on path `pager`, where its stub asks procmgr, and on path
 * `ipc`, where its fault waits in the kernel. */
#include "libsys/fault.h"
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum { PAGES = 200, KILLS = 10 };

/* Shared with the bare env: how far it has come. */
static volatile uint32_t touched;

/* Touches zero-fill pages, for ever anew: none of them stays. */
static void touch_pages(void)
{
	env_page->upcall = (vaddr_t)fault_upcall;
	for (;;) {
		for (uint32_t page = 0; page < PAGES; page++) {
			words_at(AREA)[page * WORDS] = page;
			touched++;
		}
		(void)page_mark_all(0, AREA, PTE_ZERO_FILL, PAGES);
		(void)page_unmap_all(0, AREA, PAGES);
		(void)page_mark_all(0, AREA, PTE_ZERO_FILL, PAGES);
	}
}

static void check_path(enum env_faults faults)
{
	envid_t env = bare_stopped(touch_pages);

	CHECK_EQ(sys_page_alloc(env, (UXSTACKTOP - PGSIZE) | PTE_W, 1), 1);
	CHECK_EQ(page_mark_all(env, AREA, PTE_ZERO_FILL, PAGES), OK);
	CHECK_EQ(sys_env_set(env, ENV_FAULTS, faults), OK);
	CHECK_EQ(sys_env_set(env, ENV_PAGER, (uint32_t)process_server(PM_SERVER_PAGER)), OK);
	bare_run(env);
	for (uint32_t i = 0; i < KILLS; i++) {
		uint32_t before;

		kill_server(PM_SERVER_PAGER);
		CHECK_EQ(env_infos[ENV_SLOT(env)].pager, process_server(PM_SERVER_PAGER));
		before = touched;
		while (touched - before < PAGES) {
			CHECK_EQ(env_infos[ENV_SLOT(env)].id, env);
			CHECK(env_infos[ENV_SLOT(env)].status > ENV_DYING);
			sys_yield();
		}
	}
	bare_destroy(env);
}

int main(void)
{
	touched = 0;
	check_path(FAULTS_UPCALL);
	check_path(FAULTS_IPC);
	return 0;
}
