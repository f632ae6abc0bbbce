/* Requests. The console asks whose the terminal is. */
#include "servers/procmgr/process/terminal.h"
#include "libsys/string.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/process/life.h"
#include "servers/procmgr/request/handlers.h"

/* The console forwards who said it: it ends a process for nobody who may not. */
int request_foreground(struct request *request)
{
	struct process *who = table_by_env((envid_t)request->w1);
	const struct process *target = table_by_pid((int32_t)request->w2);

	if (!who || (request->w2 != 0 && !target)) {
		return E_BAD_ENV;
	}
	return terminal_take(who, target);
}

static bool may_read(envid_t env)
{
	const struct process *process = table_by_env(env);
	bool own = process != NULL;

	process = own ? process : family_of(env);
	return process && terminal_may_read(process, own);
}

int request_may_read(struct request *request)
{
	envid_t envs[PM_BYTES_MAX / sizeof(envid_t)];
	uint32_t count = request->bytes / sizeof(envid_t);

	memcpy(envs, request->text, count * sizeof(envid_t));
	for (uint32_t i = 0; i < count; i++) {
		if (may_read(envs[i])) {
			return (int)i;
		}
	}
	return E_NOT_FOUND;
}

int request_interrupt(struct request *request)
{
	struct process *process = terminal_interrupt();
	struct ending ending = life_ending_by_kill((int)request->w1);

	if (!process) {
		return E_NOT_FOUND;
	}
	life_kill(process, &ending);
	return OK;
}
