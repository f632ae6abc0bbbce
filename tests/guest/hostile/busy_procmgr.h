/* For tests of who waits for procmgr: what keeps it busy, and a question to it. */
#pragma once

#include "libsys/ipc.h"
#include "tests/guest/memory.h"

/* Forks for ever, with many page tables: each takes procmgr long. */
static void fork_wide(void)
{
	enum { TABLES = 448 };
	const vaddr_t low = 0x20000000u;

	for (vaddr_t va = low; va < low + TABLES * PTSIZE; va += PTSIZE) {
		CHECK_EQ(sys_page_mark(0, va, PTE_ZERO_FILL, 1), 1);
		CHECK_EQ(sys_page_mark(0, va + PTSIZE - PGSIZE, PTE_ZERO_FILL, 1), 1);
	}
	for (;;) {
		if (fork() == 0) {
			exit(0);
		}
		(void)wait(0, NULL, 0);
	}
}

static void ask_procmgr(void)
{
	struct ipc_msg msg = {.w = {PM_SELF}, .nwords = 1};

	CHECK_EQ(ipc_call(process_manager, &msg, 0), OK);
}
