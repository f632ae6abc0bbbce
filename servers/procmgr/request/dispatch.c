/* Requests: what protocols/procmgr.h promises, by a table of handlers.
 *
 * Who asks is what the kernel says, never what the message says. A request is decoded completely,
 * its text copied, before its handler runs: system calls and answers to others use the same message
 * words. No handler waits; a wait is answered when the child ends (process/life.c). Small requests
 * are served by their handlers, the others are passed on with their arguments decoded. */
#include "libsys/string.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/process/life.h"
#include "servers/procmgr/request/handlers.h"
#include "servers/procmgr/request/request.h"
#include "servers/procmgr/server/server.h"

/* Who may ask. */
enum asker { BY_PROCESS = 1, BY_CONSOLE = 2, BY_PAGER = 4, BY_FAMILY = 8, BY_OTHER = 16 };

/* By enum pm_op. */
static const struct operation {
	int (*serve)(struct request *request);
	uint32_t min_words;
	uint32_t askers;
} operations[] = {
	[PM_SELF] = {request_self, 1, BY_PROCESS},
	[PM_FORK] = {request_fork, 3, BY_PROCESS},
	[PM_SPAWN] = {request_spawn, 4, BY_PROCESS | BY_FAMILY},
	[PM_EXEC] = {request_exec, 4, BY_PROCESS},
	[PM_EXIT] = {request_exit, 2, BY_PROCESS},
	[PM_WAIT] = {request_wait, 3, BY_PROCESS | BY_FAMILY},
	[PM_KILL] = {request_kill, 3, BY_PROCESS | BY_FAMILY},
	[PM_PS] = {request_ps, 2, BY_PROCESS | BY_FAMILY},
	[PM_FAULT] = {request_fault, 5, BY_PROCESS | BY_CONSOLE | BY_PAGER},
	[PM_LIMIT] = {request_limit, 4, BY_PROCESS},
	[PM_LOOKUP] = {request_lookup, 2, BY_PROCESS | BY_FAMILY | BY_CONSOLE},
	[PM_FILE_LIST] = {request_file_list, 2, BY_PROCESS | BY_FAMILY},
	[PM_FILE_READ] = {request_file_read, 4, BY_PROCESS | BY_FAMILY},
	[PM_LOG_READ] = {request_log_read, 1, BY_CONSOLE},
	[PM_POWEROFF] = {request_poweroff, 2, BY_PROCESS},
	[PM_PAGER] = {request_pager, 3, BY_PROCESS | BY_OTHER},
	[PM_DEADLINE] = {request_deadline, 3, BY_PROCESS},
	[PM_SERVER_KILL] = {request_server_kill, 2, BY_PROCESS},
	[PM_TRACE] = {request_trace, 3, BY_PROCESS},
	[PM_FAULTS] = {request_faults, 3, BY_PROCESS},
	[PM_HINT] = {request_hint, 4, BY_PROCESS},
	[PM_MAY_READ] = {request_may_read, 4, BY_CONSOLE},
	[PM_INTERRUPT] = {request_interrupt, 2, BY_CONSOLE},
	[PM_FOREGROUND] = {request_foreground, 3, BY_CONSOLE},
};

static uint32_t asker_of(const struct request *request)
{
	if (request->caller) {
		return request->caller->env == request->from ? BY_PROCESS : BY_FAMILY;
	}
	switch (server_of_env(request->from)) {
	case PM_SERVER_CONSOLE: return BY_CONSOLE;
	case PM_SERVER_PAGER: return BY_PAGER;
	default: return BY_OTHER; /* an env that a process made */
	}
}

static void decode_request(const struct ipc_msg *msg, struct request *request)
{
	request->from = msg->from;
	request->caller = table_by_env(msg->from);
	if (!request->caller) {
		request->caller = family_of(msg->from);
	}
	request->w1 = msg->w[1];
	request->w2 = msg->w[2];
	request->bytes = 0;
	if (msg->nwords > FIRST_TEXT_WORD) {
		request->bytes = (msg->nwords - FIRST_TEXT_WORD) * sizeof(uint32_t);
		ipc_get_bytes(request->text, request->bytes);
	}
	request->text[request->bytes] = '\0';
	memset(request->extra, 0, sizeof(request->extra));
	memcpy(request->extra, request->text,
	       request->bytes < sizeof(request->extra) ? request->bytes : sizeof(request->extra));
}

static int dispatch_request(struct request *request, uint32_t op, uint32_t nwords)
{
	const uint32_t known = sizeof(operations) / sizeof(operations[0]);
	uint32_t by = asker_of(request);
	bool exists = op < known && operations[op].serve != NULL;

	if (by == BY_OTHER && !(exists && (operations[op].askers & by) != 0)) {
		return E_BAD_ENV;
	}
	if (!exists) {
		return E_NO_CALL;
	}
	if ((operations[op].askers & by) == 0) {
		return E_PERM;
	}
	return nwords < operations[op].min_words ? E_INVAL : operations[op].serve(request);
}

bool request_serve(struct ipc_msg *msg)
{
	struct request request;
	uint32_t op = msg->w[0], nwords = msg->nwords;

	decode_request(msg, &request);
	if (request.caller) { /* it gave up a wait: it asks for something else */
		life_stop_waiting(request.caller, request_guardian(&request));
		if (request.caller->copy) {
			life_give_up_copy(request.caller);
		}
	}
	request.answer = msg;
	msg->w[1] = 0;
	msg->w[2] = 0;
	msg->nwords = 3;
	int result = dispatch_request(&request, op, nwords);
	msg->w[0] = (uint32_t)result;
	return result != NO_ANSWER;
}
