/* For tests of whose the terminal is: requests to the console, as the shell makes them. */
#pragma once

#include "libsys/ipc.h"
#include "protocols/console.h"
#include "tests/guest/check.h"

/* Asks this console to have the process in the foreground (0: nobody); what it answers. */
static inline int set_foreground(envid_t console, uint32_t pid)
{
	struct ipc_msg msg = {.w = {CONSOLE_FOREGROUND, pid}, .nwords = 2};

	CHECK_EQ(ipc_call(console, &msg, 0), OK);
	return (int)msg.w[0];
}

/* Until the shell that started this program has put it in the foreground, and waits for its end: it
 * says nothing more about the terminal then. An answer of procmgr's comes after the one that told
 * the shell of its start. */
static inline void await_the_shell(void)
{
	struct pm_info shell;
	int seen = 0; /* a record may say that it waits, and still for whom it did before */

	CHECK_EQ(process_next(getppid() - 1, &shell), getppid());
	while (seen < 2) {
		const volatile struct env_info *record = &env_infos[ENV_SLOT(shell.env)];
		bool waits = record->waits && record->partner == process_manager;

		seen = waits ? seen + 1 : 0;
		sys_yield();
	}
}
