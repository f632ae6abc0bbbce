/* The kernel's trace: who may see it, and the names in it. */
#pragma once

#include "servers/procmgr/process/table.h"

/* Switches it on, with rings of `pages` pages (0: TRACE_PAGES_DEFAULT), and lets `env` use
 * SYS_TRACE; then adds the names of all envs that procmgr knows. As TRACE_ON; E_NO_MEM leaves no
 * ring behind that was not there. */
int trace_start(envid_t env, uint32_t pages);
/* Switches it off; lets `env` use SYS_TRACE. E_NO_CALL: the kernel has no trace. */
int trace_stop(envid_t env);
/* Lets `env` write to PM_TRACE_OUT, or takes all ports from it. */
int trace_give_port(envid_t env, bool give);

/* Adds the name of a process whose env or program is new, if the trace is on. */
void trace_name(const struct process *process);
/* Likewise of a server that was started. */
void trace_name_server(envid_t env, const char *name);

enum { TRACE_PAGES_DEFAULT = 256 };
