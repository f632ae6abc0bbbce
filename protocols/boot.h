/* Words of the boot line (the kernel's command line). The kernel reads some, procmgr others, and
 * says which ones nobody knows. Behind `app=` comes what runs first, to the end of the line. */
#pragma once

#include "protocols/pager.h"
#include "protocols/procmgr.h"

/* X(WORD, lowest, highest, text): with `=` at the end a number follows, from the lowest to the
 * highest. */
/* clang-format off */
#define BOOT_WORD_LIST(X) \
	X("around=", 1, PAGER_AROUND_MAX, "how many pages of a program a fault may bring") \
	X("deadline=", 0, PM_DEADLINE_MS_MAX, \
	  "milliseconds that a page fault may wait for its pager, unless somebody says " \
	  "otherwise; 0: for ever") \
	X("faults=ipc", 0, 0, "what runs first is on this fault path") \
	X("faults=kernel", 0, 0, "what runs first is on this fault path (KFAULT=1 builds)") \
	X("faults=pager", 0, 0, "what runs first is on this fault path; so it is unless said") \
	X("faults=self", 0, 0, \
	  "what runs first is on this fault path; programs run without a shell") \
	X("joslog", 0, 0, "prints what JOS prints about envs") \
	X("killservers", 0, 0, "every process may kill servers (for tests)") \
	X("monitor", 0, 0, "after a panic the kernel reads commands") \
	X("noacpi", 0, 0, "does not look for ACPI's tables") \
	X("nomp", 0, 0, "does not look for MP tables") \
	X("panic", 0, 0, "panics at start-up (for tests)") \
	X("quiet", 0, 0, "does not print what start-up finds")
/* clang-format on */
