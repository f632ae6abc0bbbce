/* The kernel's trace: procmgr says who may use it, and what envs are called in it. The records
 * themselves go from the kernel to that env without us. */
#include "servers/procmgr/look/trace.h"
#include "libsys/syscall.h"
#include "servers/procmgr/server/server.h"

enum { PATH_SHIFT = 12 };
_Static_assert(PM_PID_MAX < 1 << PATH_SHIFT, "pid and path share 16 bits");

static bool on;

void trace_name(const struct process *process)
{
	if (on) {
		(void)sys_trace_name(process->env,
		                     (uint32_t)process->pid | process->path << PATH_SHIFT,
		                     process->program->name);
	}
}

void trace_name_server(envid_t env, const char *name)
{
	if (on) {
		(void)sys_trace_name(env, 0, name);
	}
}

static void name_all(void)
{
	trace_name_server(env_page->id, "procmgr");
	trace_name_server(server_env(PM_SERVER_PAGER), "pager");
	trace_name_server(server_env(PM_SERVER_CONSOLE), "console");
	for (struct process *p = table_after(0); p; p = table_after(p->pid)) {
		if (p->env != 0) {
			trace_name(p);
		}
	}
}

static void clear(void)
{
	while (sys_trace(TRACE_CLEAR, 0, 0) > 0) {}
}

/* Each entry to the kernel makes some of the pages. */
static int switch_on(uint32_t pages)
{
	struct trace_stats before;
	int missing = sys_trace_stats(&before);

	do {
		missing = missing < 0 ? missing : sys_trace(TRACE_ON, pages, 0);
	} while (missing > 0);
	if (missing == E_NO_MEM && before.capacity == 0) {
		clear();
	}
	return missing;
}

int trace_start(envid_t env, uint32_t pages)
{
	int status = switch_on(pages != 0 ? pages : TRACE_PAGES_DEFAULT);

	if (status == OK) {
		on = true;
		name_all();
		status = sys_trace(TRACE_ALLOW, (uint32_t)env, 0);
	}
	return status;
}

int trace_stop(envid_t env)
{
	int status = sys_trace(TRACE_OFF, 0, 0);

	if (status == OK) {
		on = false;
		status = sys_trace(TRACE_ALLOW, (uint32_t)env, 0);
	}
	return status;
}

int trace_give_port(envid_t env, bool give)
{
	return sys_ports(env, give ? PM_TRACE_OUT : 0, give);
}
