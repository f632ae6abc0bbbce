/* Requests. Servers, files of the archive, log, trace, and the end of the machine. */
#include "libsys/string.h"
#include "servers/procmgr/image/archive.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/look/trace.h"
#include "servers/procmgr/machine/boot.h"
#include "servers/procmgr/machine/power.h"
#include "servers/procmgr/request/handlers.h"
#include "servers/procmgr/server/server.h"

int request_lookup(struct request *request)
{
	if (request->w1 == PM_SERVER_CONSOLE && boot_without_console()) {
		return E_NOT_FOUND;
	}
	request->answer->w[1] = server_restarts(request->w1);
	return server_env(request->w1);
}

int request_server_kill(struct request *request)
{
	bool first = request->caller == table_first() && request_guardian(request) == 0;

	return first || boot_may_kill_servers() ? server_kill(request->w1) : E_PERM;
}

int request_file_list(struct request *request)
{
	const struct file *file = archive_at(request->w1);

	if (!file) {
		return E_NOT_FOUND;
	}
	uint32_t length = strlen(file->name);
	request->answer->w[1] = file->content.size;
	request->answer->w[2] = file->mode;
	request->answer->nwords = ipc_put_bytes(file->name, length);
	return (int)length;
}

int request_file_read(struct request *request)
{
	uint32_t offset = request->w1, wanted = request->w2;

	if (strnlen(request->text, request->bytes) == request->bytes) {
		return E_INVAL;
	}
	const struct file *file = archive_find(request->text);
	if (!file) {
		return E_NOT_FOUND;
	}
	uint32_t rest = offset < file->content.size ? file->content.size - offset : 0;
	uint32_t bytes = wanted < rest ? wanted : rest;
	bytes = bytes < PM_BYTES_MAX ? bytes : PM_BYTES_MAX;
	request->answer->nwords = ipc_put_bytes((const char *)file->content.bytes + offset, bytes);
	return (int)bytes;
}

int request_log_read(struct request *request)
{
	char part[PM_BYTES_MAX];
	uint32_t bytes = log_give(part, sizeof(part), &request->answer->w[1]);

	request->answer->nwords = ipc_put_bytes(part, bytes);
	return (int)bytes;
}

/* A trace shows registers and messages of everybody. The first process is the machine's user: it
 * may end anybody, and look at anybody. */
int request_trace(struct request *request)
{
	if (request->caller != table_first()) {
		return E_PERM;
	}
	switch (request->w1) {
	case PM_TRACE_ON: return trace_start(request->from, request->w2);
	case PM_TRACE_OFF: return trace_stop(request->from);
	case PM_TRACE_PORT: return trace_give_port(request->from, request->w2 != 0);
	default: return E_INVAL;
	}
}

/* The machine is the first process's. */
int request_poweroff(struct request *request)
{
	if (request->caller != table_first()) {
		return E_PERM;
	}
	power_off((int)request->w1);
}
