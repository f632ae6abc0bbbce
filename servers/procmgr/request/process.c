/* Requests. Processes: made, ended, waited for, listed, limited. */
#include "libsys/sched.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/look/tally.h"
#include "servers/procmgr/paging/ownpager.h"
#include "servers/procmgr/process/fork.h"
#include "servers/procmgr/process/life.h"
#include "servers/procmgr/process/start.h"
#include "servers/procmgr/request/handlers.h"

int request_self(struct request *request)
{
	const struct process *parent = request->caller->parent;

	request->answer->w[1] = parent != NULL ? (uint32_t)parent->pid : 0;
	request->answer->w[2] = request->caller->pages_others;
	request->answer->nwords = 3;
	return request->caller->pid;
}

int request_fork(struct request *request)
{
	int result = fork_start(request->caller, request->w1, request->w2);

	return result == 0 ? NO_ANSWER : result;
}

static int decode_arguments(const struct request *request, struct arguments *arguments)
{
	uint32_t bytes = request->w2 & PM_SPAWN_BYTES_MASK;

	*arguments = (struct arguments){request->w1 & PM_ARGC_MASK, request->text, bytes};
	return bytes <= request->bytes ? OK : E_INVAL;
}

int request_spawn(struct request *request)
{
	struct arguments arguments;
	int status = decode_arguments(request, &arguments);
	struct start how = {
		.path = request->w1 >> PM_PATH_SHIFT,
		.guardian = request_guardian(request),
		.pages_others = (request->w2 & PM_SPAWN_PAGES) != 0,
	};

	if (request->caller->path == FAULT_PATH_SELF) { /* whoever of the family asks */
		life_forget_unwanted(request->caller);
	}
	if (status == OK) {
		uint32_t pid = (request->w2 & ~PM_SPAWN_PAGES) >> PM_PAGER_SHIFT;

		status = ownpager_choose(request->caller, (int32_t)pid, &how.pager);
	}
	return status < 0 ? status : start_spawn(request->caller, &how, &arguments);
}

int request_exec(struct request *request)
{
	struct arguments arguments;
	int status = decode_arguments(request, &arguments);

	if (status == OK) {
		status = start_exec(request->caller, &arguments);
	}
	return status < 0 ? status : NO_ANSWER;
}

int request_exit(struct request *request)
{
	struct ending ending = life_ending_by_exit((int)request->w1);

	life_end(request->caller, &ending);
	return NO_ANSWER;
}

int request_wait(struct request *request)
{
	bool now = life_wait(request->caller, request_guardian(request), (int32_t)request->w1,
	                     request->w2, request->answer);

	return now ? (int)request->answer->w[0] : NO_ANSWER;
}

/* An env that the process forked by itself has the rights of a child: not over the process. */
static bool may_kill(const struct request *request, const struct process *target)
{
	const struct process *caller = request->caller;
	bool forked = request_guardian(request) != 0;

	return (caller == target && !forked) || (caller == table_first() && !forked) ||
	       table_is_ancestor(caller, target);
}

int request_kill(struct request *request)
{
	struct process *target = table_by_pid((int32_t)request->w1);

	if (!target) {
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

int request_ps(struct request *request)
{
	const struct process *process = table_after((int32_t)request->w1);

	if (!process) {
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

int request_limit(struct request *request)
{
	struct process *target = table_by_pid((int32_t)request->w1);
	uint32_t pages = request->w2, children = request->extra[0];

	if (!target || target->env == 0) {
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

int request_deadline(struct request *request)
{
	struct process *target = request->caller;

	if (request->w1 != 0) {
		target = table_by_pid((int32_t)request->w1);
	}
	if (!target || target->env == 0) {
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

int request_hint(struct request *request)
{
	struct process *target = table_by_pid((int32_t)request->w1);
	uint32_t value = request->w2 >> PM_HINT_SHIFT, ms = request->extra[0];

	if (!target || target->env == 0) {
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
