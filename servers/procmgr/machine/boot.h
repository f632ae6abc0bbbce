/* What runs first, and when the machine ends. */
#pragma once

#include "servers/procmgr/process/table.h"

/* The number in the word `name` of the kernel's command line (as "around=8" has it for "around="),
 * if it is there and as protocols/boot.h wants it; else `otherwise`, with a line in the log if it
 * is there. */
int boot_number(const char *name, int otherwise);

/* Starts what the kernel's command line asks for. Powers the machine off if that fails. */
void boot_start(void);

/* A process with the mark `boot` has ended: when it was the last, so does the machine, with the
 * status of the first one. */
void boot_process_ended(const struct process *process);

/* IPC_BIT_STANDSTILL, which comes only without a shell: ends the machine, with
 * PM_STATUS_STANDSTILL. */
_Noreturn void boot_standstill(void);

/* Whether programs run without the console: what they print goes through the kernel. */
bool boot_without_console(void);

/* How long a page fault may take, if nobody says otherwise; 0: for ever. */
uint32_t boot_deadline_ms(void);

/* Whether every process may kill servers. */
bool boot_may_kill_servers(void);

/* Whether the kernel says in JOS's words why a program on path `self` was ended. */
bool boot_with_joslog(void);
