/* Making processes that run a program.
 *
 * Both ways are transactions: a slot and an env are made completely while the env is
 * stopped; the last call, which cannot fail, lets it run. What fails on the way is undone by
 * destroying the env and freeing the slot. The kernel reports the death of such an env like any
 * other; nobody is it, so that is passed over. */
#include "servers/procmgr/process/start.h"
#include "libsys/ipc.h"
#include "libsys/record.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/look/tally.h"
#include "servers/procmgr/look/trace.h"
#include "servers/procmgr/paging/ownpager.h"
#include "servers/procmgr/server/server.h"

/* What the kernel does with page faults on each path. */
static const enum env_faults env_faults_of[FAULT_PATHS] = {
	[FAULT_PATH_PAGER] = FAULTS_UPCALL,
	[FAULT_PATH_SELF] = FAULTS_UPCALL,
	[FAULT_PATH_IPC] = FAULTS_IPC,
	[FAULT_PATH_KERNEL] = FAULTS_KERNEL,
};

/* A stopped env with the program. It has its pager, and bounds; on path `self` it has neither. */
static envid_t build_env(const struct process *process, const struct file *program,
                         const struct arguments *arguments)
{
	bool self = process->path == FAULT_PATH_SELF;
	envid_t pager = self ? 0 : process->pager;
	enum load_kind kind = self ? LOAD_SELF : LOAD_WHOLE;

	if (!self && pager == 0) {
		pager = server_env(PM_SERVER_PAGER);
		kind = LOAD_PROGRAM;
	}
	if (pager < 0) {
		return pager;
	}
	struct load load = {
		.kind = kind,
		.image = &program->content,
		.arguments = arguments,
		.limit = self && !process->limited ? 0 : process->limit_pages,
		.label = process->label,
	};
	envid_t env = load_env(&load);
	if (env < 0 || self) {
		return env;
	}
	int status = sys_env_set(env, ENV_PAGER, (uint32_t)pager);
	if (status == OK) {
		status = sys_env_set(env, ENV_FAULTS, env_faults_of[process->path]);
	}
	if (status == OK) {
		status = sys_env_set(env, ENV_FAULT_US, process->deadline_ms * 1000);
	}
	if (status == OK) {
		status = sys_env_set(env, ENV_SLOTS, PROCESS_ENVS);
	}
	if (status < 0) {
		(void)sys_env_destroy(env, 0);
		return status;
	}
	return env;
}

/* The path asked for, but for programs of the JOS face. */
static enum fault_path path_for(const struct file *program, enum fault_path asked)
{
	bool jos = strncmp(program->name, JOS_PREFIX, strlen(JOS_PREFIX)) == 0;

	return jos ? FAULT_PATH_SELF : asked;
}

static int find_program(const struct arguments *arguments, const struct file **program)
{
	int status = arguments_check(arguments);

	if (status < 0) {
		return status;
	}
	*program = archive_find(arguments->text);
	return *program ? OK : E_NOT_FOUND;
}

int start_stopped(struct process *parent, const struct start *how,
                  const struct arguments *arguments, struct process **child)
{
	const struct file *program;
	enum fault_path path = how->path;

	int status = find_program(arguments, &program);
	if (status == OK && path == FAULT_PATH_INHERIT) {
		path = parent ? parent->path : FAULT_PATH_PAGER;
	}
	if (status == OK) {
		path = path_for(program, path);
	}
	if (status == OK && (path >= FAULT_PATHS || (path == FAULT_PATH_SELF && how->pager != 0))) {
		status = E_INVAL;
	}
	if (status == OK) {
		status = table_add(parent, program, child);
	}
	if (status < 0) {
		return status;
	}
	(*child)->path = path;
	(*child)->pages_others = how->pages_others;
	ownpager_join(*child, how->pager);
	envid_t env = build_env(*child, program, arguments);
	if (env < 0) {
		ownpager_take_back(*child);
		table_remove(*child);
		return env;
	}

	/* ---- commit: nothing below can fail ---- */
	table_set_env(*child, env);
	trace_name(*child);
	return (*child)->pid;
}

int start_spawn(struct process *parent, const struct start *how, const struct arguments *arguments)
{
	struct process *child;
	int result = start_stopped(parent, how, arguments, &child);

	if (result >= 0) {
		child->guardian = how->guardian;
		(void)sys_env_set(child->env, ENV_RUN, 1);
	}
	return result;
}

/* What the env has left of its limit: the rest is with envs that it made, which on path `self` go
 * on. */
static int limit_left(envid_t env, uint32_t *pages)
{
	const volatile struct env_info *info = &env_infos[ENV_SLOT(env)];

	*pages = info->limit;
	if (!record_env_lives(env)) {
		return E_DEAD;
	}
	return *pages > ENV_FIXED_PAGES ? OK : E_LIMIT;
}

int start_exec(struct process *process, const struct arguments *arguments)
{
	const struct file *program;
	int status = find_program(arguments, &program);

	if (status < 0) {
		return status;
	}
	struct process next = *process;
	next.path = path_for(program, process->path);
	if (next.path == FAULT_PATH_SELF && process->limited) {
		/* Who sent this and does not wait could give pages to envs of its own until it is
		 * replaced. */
		(void)sys_env_set(process->env, ENV_RUN, 0);
		status = limit_left(process->env, &next.limit_pages);
	}
	envid_t env = status < 0 ? status : build_env(&next, program, arguments);
	if (env < 0) {
		(void)sys_env_set(process->env, ENV_RUN, 1);
		return env;
	}

	/* ---- commit: nothing below can fail ---- */
	envid_t former = process->env;
	if (process->path == FAULT_PATH_SELF) {
		tally_before_death(process, former);
		(void)sys_env_destroy(former, 0); /* what it leaves comes to us as heirs */
	} else { /* what it made counts as little from now on as itself: it ends with it */
		family_destroy_but(process, env, 0);
	}
	table_set_env(process, env);
	ownpager_ended(process, former);
	if (next.path == FAULT_PATH_SELF) {
		ownpager_leave(process);
	}
	process->path = next.path;
	process->program = program;
	trace_name(process);
	(void)sys_env_set(env, ENV_RUN, 1);
	return OK;
}
