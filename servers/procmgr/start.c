/* Making processes.
 *
 * All three ways are transactions: a slot and an env are made completely while the env is
 * stopped; the last call, which cannot fail, lets it run. What fails on the way is undone by
 * destroying the env and freeing the slot. The kernel reports the death of such an env like any
 * other; nobody is it, so that is passed over. */
#include "servers/procmgr/start.h"
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "servers/procmgr/server.h"

#define EXCEPTION_STACK (UXSTACKTOP - PGSIZE)

/* A stopped env with the program and the pager that all processes have. */
static envid_t build_env(const struct file *program, const struct arguments *arguments,
                         uint32_t limit)
{
	struct load load = {
		.kind = LOAD_PROGRAM,
		.image = &program->content,
		.arguments = arguments,
		.limit = limit,
	};
	envid_t env = load_env(&load);
	if (env < 0) {
		return env;
	}
	int status = sys_env_set(env, ENV_PAGER, (uint32_t)server_env(PM_SERVER_PAGER));
	if (status == OK) {
		status = sys_env_set(env, ENV_SLOTS, PROCESS_ENVS);
	}
	if (status < 0) {
		(void)sys_env_destroy(env, 0);
		return status;
	}
	return env;
}

static int find_program(const struct arguments *arguments, const struct file **program)
{
	int status = arguments_check(arguments);
	if (status < 0) {
		return status;
	}
	*program = archive_find(arguments->text);
	return *program != NULL ? OK : E_NOT_FOUND;
}

int start_spawn(struct process *parent, const struct arguments *arguments)
{
	const struct file *program;
	struct process *child;

	int status = find_program(arguments, &program);
	if (status == OK) {
		status = table_add(parent, program, &child);
	}
	if (status < 0) {
		return status;
	}
	envid_t env = build_env(program, arguments, child->limit_pages);
	if (env < 0) {
		table_remove(child);
		return env;
	}

	/* ---- commit: nothing below can fail ---- */
	table_set_env(child, env);
	(void)sys_env_set(env, ENV_RUN, 1);
	return child->pid;
}

int start_exec(struct process *process, const struct arguments *arguments)
{
	const struct file *program;
	int status = find_program(arguments, &program);
	if (status < 0) {
		return status;
	}
	envid_t env = build_env(program, arguments, process->limit_pages);
	if (env < 0) {
		return env;
	}

	/* ---- commit: nothing below can fail ---- */
	envid_t old = process->env;
	table_set_env(process, env);
	process->program = program;
	(void)sys_env_destroy(old, 0);
	(void)sys_env_set(env, ENV_RUN, 1);
	return OK;
}

/* The exception stack is never shared: the child gets a copy, or none if the parent has none. */
static int copy_exception_stack(envid_t parent, envid_t child)
{
	int status = sys_page_fill(child, EXCEPTION_STACK | PTE_W, parent, EXCEPTION_STACK, 1);
	return status == E_FAULT ? OK : status;
}

/* The pager comes with the copied env. */
static int copy_env(envid_t parent, envid_t child, vaddr_t upcall, vaddr_t xupcall)
{
	int status = sys_env_set(child, ENV_UPCALL, upcall);
	if (status >= 0) {
		status = sys_env_set(child, ENV_XUPCALL, xupcall);
	}
	if (status >= 0) {
		status = page_share_all(parent, 0 | PTE_SHARE, child, 0 | PTE_COW,
		                        USTACKTOP / PGSIZE);
	}
	if (status >= 0) {
		status = copy_exception_stack(parent, child);
	}
	return status;
}

int start_fork(struct process *parent, vaddr_t upcall, vaddr_t xupcall)
{
	struct process *child;
	int status = table_add(parent, parent->program, &child);
	if (status < 0) {
		return status;
	}
	envid_t env = sys_env_fork(parent->env, child->limit_pages);
	if (env < 0) {
		table_remove(child);
		return env;
	}
	status = copy_env(parent->env, env, upcall, xupcall);
	if (status < 0) {
		(void)sys_env_destroy(env, 0);
		table_remove(child);
		return status;
	}

	/* ---- commit: nothing below can fail ---- */
	table_set_env(child, env);
	(void)sys_env_set(env, ENV_RUN, 1);
	return child->pid;
}
