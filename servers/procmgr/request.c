/* Requests: what protocols/procmgr.h promises, one handler per operation.
 *
 * Who asks is what the kernel says, never what the message says. A request is decoded completely,
 * its text copied, before its handler runs: system calls and answers to others use the same message
 * words. No handler waits; a wait is answered when the child ends (life.c). Small requests are
 * served here, the others are passed on with their arguments decoded. */
#include "servers/procmgr/request.h"
#include "libsys/sched.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/look/tally.h"
#include "servers/procmgr/look/trace.h"
#include "servers/procmgr/machine/boot.h"
#include "servers/procmgr/machine/power.h"
#include "servers/procmgr/paging/fault.h"
#include "servers/procmgr/paging/ownpager.h"
#include "servers/procmgr/process/life.h"
#include "servers/procmgr/process/report.h"
#include "servers/procmgr/process/start.h"
#include "servers/procmgr/process/terminal.h"
#include "servers/procmgr/server/server.h"

enum { FIRST_TEXT_WORD = 3, EXTRA_WORDS = 3 };

/* A handler's result if there is no answer to give now. */
enum { NO_ANSWER = 1 << 30 };

struct request {
	envid_t from;
	struct process *caller; /* whose env asks, or to whose family it belongs; NULL: a server */
	uint32_t w1, w2;
	uint32_t extra[EXTRA_WORDS]; /* words 3.., 0 where the message has none */
	uint32_t bytes;              /* that came in words 3.. */
	char text[PM_BYTES_MAX + 1]; /* these bytes, zero terminated */
	struct ipc_msg *answer;      /* w[0] is the handler's result */
};

static int serve_self(struct request *request)
{
	const struct process *parent = request->caller->parent;
	request->answer->w[1] = parent != NULL ? (uint32_t)parent->pid : 0;
	request->answer->w[2] = request->caller->pages_others;
	request->answer->nwords = 3;
	return request->caller->pid;
}

static int serve_fork(struct request *request)
{
	return start_fork(request->caller, request->w1, request->w2);
}

static int decode_arguments(const struct request *request, struct arguments *arguments)
{
	uint32_t bytes = request->w2 & PM_SPAWN_BYTES_MASK;
	*arguments = (struct arguments){request->w1 & PM_ARGC_MASK, request->text, bytes};
	return bytes <= request->bytes ? OK : E_INVAL;
}

/* The env that asks, unless it is the process's own: then 0. */
static envid_t guardian_of(const struct request *request)
{
	return request->caller->env == request->from ? 0 : request->from;
}

static int serve_spawn(struct request *request)
{
	struct arguments arguments;
	int status = decode_arguments(request, &arguments);
	struct start how = {
		.path = request->w1 >> PM_PATH_SHIFT,
		.guardian = guardian_of(request),
		.pages_others = (request->w2 & PM_SPAWN_PAGES) != 0,
	};
	if (how.guardian != 0) {
		life_forget_unwanted(request->caller);
	}
	if (status == OK) {
		uint32_t pid = (request->w2 & ~PM_SPAWN_PAGES) >> PM_PAGER_SHIFT;
		status = ownpager_choose(request->caller, (int32_t)pid, &how.pager);
	}
	return status < 0 ? status : start_spawn(request->caller, &how, &arguments);
}

static int serve_exec(struct request *request)
{
	struct arguments arguments;
	int status = decode_arguments(request, &arguments);
	if (status == OK) {
		status = start_exec(request->caller, &arguments);
	}
	return status < 0 ? status : NO_ANSWER;
}

static int serve_exit(struct request *request)
{
	struct ending ending = life_ending_by_exit((int)request->w1);
	life_end(request->caller, &ending);
	return NO_ANSWER;
}

static int serve_wait(struct request *request)
{
	bool now = life_wait(request->caller, guardian_of(request), (int32_t)request->w1,
	                     request->w2, request->answer);
	return now ? (int)request->answer->w[0] : NO_ANSWER;
}

/* An env that the process forked by itself has the rights of a child: not over the process. */
static bool may_kill(const struct request *request, const struct process *target)
{
	const struct process *caller = request->caller;
	bool forked = guardian_of(request) != 0;
	return (caller == target && !forked) || (caller == table_first() && !forked) ||
	       table_is_ancestor(caller, target);
}

static int serve_kill(struct request *request)
{
	struct process *target = table_by_pid((int32_t)request->w1);
	if (target == NULL) {
		return E_BAD_ENV;
	}
	if (!may_kill(request, target)) {
		return E_PERM;
	}
	if (target->state != PM_ZOMBIE) {
		struct ending ending = life_ending_by_kill((int)request->w2);
		life_kill(target, &ending);
	}
	return target == request->caller ? NO_ANSWER : OK;
}

/* The console forwards who said it: it ends a process for nobody who may not. */
static int serve_foreground(struct request *request)
{
	struct process *who = table_by_env((envid_t)request->w1);
	const struct process *target = table_by_pid((int32_t)request->w2);

	if (who == NULL || (request->w2 != 0 && target == NULL)) {
		return E_BAD_ENV;
	}
	return terminal_take(who, target);
}

static int serve_may_read(struct request *request)
{
	const struct process *process = table_by_env((envid_t)request->w1);
	bool own = process != NULL;

	process = own ? process : family_of((envid_t)request->w1);
	return process != NULL && terminal_may_read(process, own);
}

static int serve_interrupt(struct request *request)
{
	struct process *process = terminal_interrupt();
	struct ending ending = life_ending_by_kill((int)request->w1);

	if (process == NULL) {
		return E_NOT_FOUND;
	}
	life_kill(process, &ending);
	return OK;
}

static int serve_ps(struct request *request)
{
	const struct process *process = table_after((int32_t)request->w1);
	if (process == NULL) {
		return E_NOT_FOUND;
	}
	struct pm_info info = {
		.pid = process->pid,
		.parent = process->parent != NULL ? process->parent->pid : 0,
		.env = process->env,
		.state = process->state,
		.children = process->children,
		.path = process->path,
		.envs = family_size(process),
		.limit = process->limit_pages,
		.pager = ownpager_pid(process),
	};
	const volatile struct env_info *env = &env_infos[ENV_SLOT(process->env)];
	if (process->path == FAULT_PATH_SELF) {
		info.limit = process->env != 0 ? env->limit : 0;
	}
	if (process->env != 0) {
		info.pages = env->pages;
		info.cpu = env->cpu;
		info.runs = env->runs;
	}
	info.faults = tally_of(process);
	strlcpy(info.name, process->program->name, sizeof(info.name));
	request->answer->nwords = ipc_put_bytes(&info, sizeof(info));
	return process->pid;
}

static int serve_fault(struct request *request)
{
	int reason = (int)request->extra[2];
	struct ending ending = {
		.how = PM_END_FAULT,
		.status = PM_STATUS_FAULT,
		.va = request->w1,
		.err = request->w2,
		.ip = request->extra[0],
		.vector = request->extra[1],
		.reason = reason < 0 ? reason : E_FAULT,
	};
	if (request->caller == NULL) {
		server_failed(server_of_env(request->from), &ending);
	} else {
		life_end(request->caller, &ending);
	}
	return NO_ANSWER;
}

/* Who gets no pages any more cannot even handle its own end. */
static int serve_pager(struct request *request)
{
	int status = (int)request->w2;
	if (status == E_DEAD || status == E_BAD_ENV) {
		status = fault_find_pager(request->from);
	} else if (status >= 0) {
		status = E_INVAL;
	}
	if (status == OK || request->caller == NULL) {
		return status;
	}
	struct ending ending = fault_ending_unhandled(request->from, request->w1, status);
	life_end(request->caller, &ending);
	return NO_ANSWER;
}

static int serve_limit(struct request *request)
{
	struct process *target = table_by_pid((int32_t)request->w1);
	uint32_t pages = request->w2, children = request->extra[0];

	if (target == NULL || target->env == 0) {
		return E_BAD_ENV;
	}
	if (target != request->caller && !table_is_ancestor(request->caller, target)) {
		return E_PERM;
	}
	if (pages > target->limit_pages || children > target->limit_children) {
		return E_PERM;
	}
	/* What it handed to envs of its own is taken out of what the kernel knows, and comes back
	 * while we look: so the kernel compares. */
	if (pages != 0) {
		int status = sys_env_set(target->env, ENV_LIMIT_DOWN, pages);
		if (status < 0) {
			return status;
		}
		target->limit_pages = pages;
		target->limited = true;
	}
	if (children != 0) {
		target->limit_children = children;
	}
	return OK;
}

static int serve_deadline(struct request *request)
{
	struct process *target = request->caller;

	if (request->w1 != 0) {
		target = table_by_pid((int32_t)request->w1);
	}
	if (target == NULL || target->env == 0) {
		return E_BAD_ENV;
	}
	if (target != request->caller && !table_is_ancestor(request->caller, target)) {
		return E_PERM;
	}
	if (request->w2 > PM_DEADLINE_MS_MAX) {
		return E_INVAL;
	}
	uint32_t previous = target->deadline_ms;
	int status = sys_env_set(target->env, ENV_FAULT_US, request->w2 * 1000);
	if (status < 0) {
		return status;
	}
	target->deadline_ms = request->w2;
	return (int)previous;
}

static int serve_lookup(struct request *request)
{
	if (request->w1 == PM_SERVER_CONSOLE && boot_without_console()) {
		return E_NOT_FOUND;
	}
	request->answer->w[1] = server_restarts(request->w1);
	return server_env(request->w1);
}

static int serve_server_kill(struct request *request)
{
	bool first = request->caller == table_first() && guardian_of(request) == 0;
	return first || boot_may_kill_servers() ? server_kill(request->w1) : E_PERM;
}

static int serve_file_list(struct request *request)
{
	const struct file *file = archive_at(request->w1);
	if (file == NULL) {
		return E_NOT_FOUND;
	}
	uint32_t length = strlen(file->name);
	request->answer->w[1] = file->content.size;
	request->answer->w[2] = file->mode;
	request->answer->nwords = ipc_put_bytes(file->name, length);
	return (int)length;
}

static int serve_file_read(struct request *request)
{
	uint32_t offset = request->w1, wanted = request->w2;
	if (strnlen(request->text, request->bytes) == request->bytes) {
		return E_INVAL;
	}
	const struct file *file = archive_find(request->text);
	if (file == NULL) {
		return E_NOT_FOUND;
	}
	uint32_t rest = offset < file->content.size ? file->content.size - offset : 0;
	uint32_t bytes = wanted < rest ? wanted : rest;
	bytes = bytes < PM_BYTES_MAX ? bytes : PM_BYTES_MAX;
	request->answer->nwords = ipc_put_bytes((const char *)file->content.bytes + offset, bytes);
	return (int)bytes;
}

static int serve_log_read(struct request *request)
{
	char part[PM_BYTES_MAX];
	uint32_t bytes = log_give(part, sizeof(part), &request->answer->w[1]);
	request->answer->nwords = ipc_put_bytes(part, bytes);
	return (int)bytes;
}

static int serve_faults(struct request *request)
{
	if (request->w1 >= FAULT_PATHS || request->w2 > 1) {
		return E_INVAL;
	}
	if (request->w2 != 0 && request->caller != table_first()) {
		return E_PERM;
	}
	struct fault_counts sum = tally_of_forgotten(request->w1);
	if (request->w2 != 0) {
		tally_reset(request->w1);
	}
	request->answer->nwords = ipc_put_bytes(&sum, sizeof(sum));
	return OK;
}

/* A trace shows registers and messages of everybody. The first process is the machine's user: it
 * may end anybody, and look at anybody. */
static int serve_trace(struct request *request)
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
static int serve_poweroff(struct request *request)
{
	if (request->caller != table_first()) {
		return E_PERM;
	}
	power_off((int)request->w1);
}

static int serve_hint(struct request *request)
{
	struct process *target = table_by_pid((int32_t)request->w1);
	uint32_t value = request->w2 >> PM_HINT_SHIFT, ms = request->extra[0];

	if (target == NULL || target->env == 0) {
		return E_BAD_ENV;
	}
	if (target == request->caller || !may_kill(request, target)) {
		return E_PERM;
	}
	switch (request->w2 & ((1 << PM_HINT_SHIFT) - 1)) {
	case HINT_WEIGHT: return sched_weight(target->env, value, ms);
	case HINT_CPU: return sched_cpu(target->env, value, ms);
	case HINT_NEXT: return sched_next(target->env, ms);
	default: return E_INVAL;
	}
}

/* Who may ask. */
enum asker { BY_PROCESS = 1, BY_CONSOLE = 2, BY_PAGER = 4, BY_FAMILY = 8, BY_OTHER = 16 };

/* By enum pm_op. */
static const struct operation {
	int (*serve)(struct request *request);
	uint32_t min_words;
	uint32_t askers;
} operations[] = {
	[PM_SELF] = {serve_self, 1, BY_PROCESS},
	[PM_FORK] = {serve_fork, 3, BY_PROCESS},
	[PM_SPAWN] = {serve_spawn, 4, BY_PROCESS | BY_FAMILY},
	[PM_EXEC] = {serve_exec, 4, BY_PROCESS},
	[PM_EXIT] = {serve_exit, 2, BY_PROCESS},
	[PM_WAIT] = {serve_wait, 3, BY_PROCESS | BY_FAMILY},
	[PM_KILL] = {serve_kill, 3, BY_PROCESS | BY_FAMILY},
	[PM_PS] = {serve_ps, 2, BY_PROCESS | BY_FAMILY},
	[PM_FAULT] = {serve_fault, 5, BY_PROCESS | BY_CONSOLE | BY_PAGER},
	[PM_LIMIT] = {serve_limit, 4, BY_PROCESS},
	[PM_LOOKUP] = {serve_lookup, 2, BY_PROCESS | BY_FAMILY | BY_CONSOLE},
	[PM_FILE_LIST] = {serve_file_list, 2, BY_PROCESS | BY_FAMILY},
	[PM_FILE_READ] = {serve_file_read, 4, BY_PROCESS | BY_FAMILY},
	[PM_LOG_READ] = {serve_log_read, 1, BY_CONSOLE},
	[PM_POWEROFF] = {serve_poweroff, 2, BY_PROCESS},
	[PM_PAGER] = {serve_pager, 3, BY_PROCESS | BY_OTHER},
	[PM_DEADLINE] = {serve_deadline, 3, BY_PROCESS},
	[PM_SERVER_KILL] = {serve_server_kill, 2, BY_PROCESS},
	[PM_TRACE] = {serve_trace, 3, BY_PROCESS},
	[PM_FAULTS] = {serve_faults, 3, BY_PROCESS},
	[PM_HINT] = {serve_hint, 4, BY_PROCESS},
	[PM_MAY_READ] = {serve_may_read, 2, BY_CONSOLE},
	[PM_INTERRUPT] = {serve_interrupt, 2, BY_CONSOLE},
	[PM_FOREGROUND] = {serve_foreground, 3, BY_CONSOLE},
};

static uint32_t asker(const struct request *request)
{
	if (request->caller != NULL) {
		return request->caller->env == request->from ? BY_PROCESS : BY_FAMILY;
	}
	switch (server_of_env(request->from)) {
	case PM_SERVER_CONSOLE: return BY_CONSOLE;
	case PM_SERVER_PAGER: return BY_PAGER;
	default: return BY_OTHER; /* an env that a process made */
	}
}

static void decode(const struct ipc_msg *msg, struct request *request)
{
	request->from = msg->from;
	request->caller = table_by_env(msg->from);
	if (request->caller == NULL) {
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

static int dispatch(struct request *request, uint32_t op, uint32_t nwords)
{
	const uint32_t known = sizeof(operations) / sizeof(operations[0]);
	uint32_t by = asker(request);
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

	decode(msg, &request);
	if (request.caller != NULL) { /* it gave up a wait: it asks for something else */
		life_stop_waiting(request.caller, guardian_of(&request));
	}
	request.answer = msg;
	msg->w[1] = 0;
	msg->w[2] = 0;
	msg->nwords = 3;
	int result = dispatch(&request, op, nwords);
	msg->w[0] = (uint32_t)result;
	return result != NO_ANSWER;
}
