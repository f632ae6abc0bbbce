/* The process table: slots, pids, who is whose child, and which env is which process.
 *
 *     by_pid[hash] -> process -> process (next_same_hash)
 *     by_env[slot of the env id] -> env id, process
 *     lowest_pid -> process <-> process <- highest_pid   (next_pid, previous_pid)
 *     process: living -> child <-> child     (next, previous)
 *              ended  -> child <-> child     (zombies, first ended first)
 *
 * Invariants: a process with pid != 0 is in by_pid once, and in the list of all by rising pid; its
 * `envs` counts the entries of by_env that are its own, so that nothing counts twice, in whatever
 * order we hear of births and deaths; with a parent it is in exactly one of the parent's lists, and
 * counted in the parent's `children`. Its label is its place in the table and how often that was
 * used. */
#include "servers/procmgr/process/table.h"
#include "kernel/abi/env.h"
#include "kernel/abi/status.h"
#include "libsys/assert.h"
#include "libsys/string.h"
#include "servers/procmgr/look/tally.h"

#define LABEL_PLACES 1024u
enum { HASH_SIZE = 256 };
_Static_assert(PROCESS_MAX < LABEL_PLACES, "a label begins with the place");
_Static_assert(PROCESS_MAX < NENV, "every process needs an env, and so do the servers");
_Static_assert(PM_PID_MAX > 2 * PROCESS_MAX, "a pid is not used again at once");
_Static_assert(PM_PID_MAX < 1 << ENV_GENSHIFT, "no pid is an env's id");

static struct process processes[PROCESS_MAX];
static struct process *free_slots;
static uint32_t nfree;
static struct process *by_pid[HASH_SIZE];
static struct {
	envid_t env;
	struct process *process; /* NULL: the slot is nobody's */
} by_env[NENV];
static struct process *lowest_pid, *highest_pid;
static int32_t last_pid;
static struct process *first_process;
static bool had_first; /* whoever is made after its end has none of its rights */
static uint32_t default_pages, default_deadline_ms;

void table_init(uint32_t limit_pages, uint32_t deadline_ms)
{
	for (int i = PROCESS_MAX - 1; i >= 0; i--) {
		processes[i].label = (uint32_t)i;
		processes[i].next = free_slots;
		free_slots = &processes[i];
	}
	nfree = PROCESS_MAX;
	default_pages = limit_pages;
	default_deadline_ms = deadline_ms;
}

/* ---- Lists of children ---- */

static void list_append(struct child_list *list, struct process *process)
{
	process->next = NULL;
	process->previous = list->last;
	if (list->last) {
		list->last->next = process;
	} else {
		list->first = process;
	}
	list->last = process;
}

static void list_remove(struct child_list *list, struct process *process)
{
	if (process->previous) {
		process->previous->next = process->next;
	} else {
		list->first = process->next;
	}
	if (process->next) {
		process->next->previous = process->previous;
	} else {
		list->last = process->previous;
	}
}

static struct child_list *list_of(const struct process *process)
{
	struct process *parent = process->parent;

	return process->state == PM_ZOMBIE ? &parent->ended : &parent->living;
}

void table_move_to_ended(struct process *process)
{
	list_remove(list_of(process), process);
	process->state = PM_ZOMBIE;
	list_append(list_of(process), process);
}

void table_orphan(struct process *process)
{
	if (!process->parent) {
		return;
	}
	list_remove(list_of(process), process);
	process->parent->children--;
	process->parent = NULL;
}

/* ---- Pids ---- */

static struct process **bucket_of_pid(int32_t pid)
{
	return &by_pid[(uint32_t)pid % HASH_SIZE];
}

struct process *table_by_pid(int32_t pid)
{
	struct process *process = pid > 0 ? *bucket_of_pid(pid) : NULL;

	while (process && process->pid != pid) {
		process = process->next_same_hash;
	}
	return process;
}

static int32_t new_pid(void)
{
	do {
		last_pid = last_pid < PM_PID_MAX ? last_pid + 1 : 1;
	} while (table_by_pid(last_pid));
	return last_pid;
}

struct process *table_after(int32_t pid)
{
	struct process *process = table_by_pid(pid);

	if (process) {
		return process->next_pid;
	}
	for (process = lowest_pid; process && process->pid <= pid;) {
		process = process->next_pid;
	}
	return process;
}

/* A new pid is the highest, unless they have begun again at 1. */
static void add_pid(struct process *process)
{
	struct process *below = highest_pid;

	while (below && below->pid > process->pid) {
		below = below->previous_pid;
	}
	struct process *above = below ? below->next_pid : lowest_pid;
	process->previous_pid = below;
	process->next_pid = above;
	*(below ? &below->next_pid : &lowest_pid) = process;
	*(above ? &above->previous_pid : &highest_pid) = process;

	process->next_same_hash = *bucket_of_pid(process->pid);
	*bucket_of_pid(process->pid) = process;
}

static void remove_pid(struct process *process)
{
	struct process *below = process->previous_pid, *above = process->next_pid;

	*(below ? &below->next_pid : &lowest_pid) = above;
	*(above ? &above->previous_pid : &highest_pid) = below;

	struct process **link = bucket_of_pid(process->pid);
	while (*link != process) {
		link = &(*link)->next_same_hash;
	}
	*link = process->next_same_hash;
	process->pid = 0;
}

/* ---- Slots ---- */

static bool may_take_slot(const struct process *parent)
{
	bool trusted = !parent || parent == first_process;

	return nfree > (trusted ? 0 : PROCESS_KEPT);
}

int table_add(struct process *parent, const struct file *program, struct process **child)
{
	if (parent && parent->children >= parent->limit_children) {
		return E_LIMIT;
	}
	if (!may_take_slot(parent)) {
		return E_NO_ENV;
	}

	/* ---- commit: nothing below can fail ---- */
	struct process *process = free_slots;
	free_slots = process->next;
	nfree--;
	if (process->label + LABEL_PLACES < LABEL_PLACES) {
		process->label += LABEL_PLACES; /* 0 is no label */
	}
	*process = (struct process){
		.pid = new_pid(),
		.label = process->label + LABEL_PLACES,
		.state = PM_RUNNING,
		.program = program,
		.limit_pages = parent ? parent->limit_pages : default_pages,
		.limited = parent && parent->limited,
		.limit_children = parent ? parent->limit_children : PROCESS_CHILDREN,
		.deadline_ms = parent ? parent->deadline_ms : default_deadline_ms,
		.parent = parent,
	};
	add_pid(process);
	if (parent) {
		list_append(&parent->living, process);
		parent->children++;
	}
	if (!had_first) {
		first_process = process;
		had_first = true;
	}
	*child = process;
	return OK;
}

void table_remove(struct process *process)
{
	assert(process->env == 0 && process->envs == 0 && process->children == 0);
	tally_forget(process);
	table_orphan(process);
	remove_pid(process);
	if (process == first_process) {
		first_process = NULL;
	}
	process->next = free_slots;
	free_slots = process;
	nfree++;
}

/* ---- Envs ---- */

static void clear_slot(uint32_t slot)
{
	if (by_env[slot].process) {
		by_env[slot].process->envs--;
		by_env[slot].process = NULL;
	}
}

/* Who had the slot is dead, even if we have not heard of that yet. */
void table_add_env(struct process *process, envid_t env)
{
	clear_slot(ENV_SLOT(env));
	by_env[ENV_SLOT(env)].env = env;
	by_env[ENV_SLOT(env)].process = process;
	process->envs++;
}

void table_drop_env(struct process *process, envid_t env)
{
	if (table_by_any_env(env) == process) {
		clear_slot(ENV_SLOT(env));
	}
}

void table_drop_envs(struct process *process)
{
	for (uint32_t slot = 0; slot < NENV && process->envs > 0; slot++) {
		if (by_env[slot].process == process) {
			clear_slot(slot);
		}
	}
	process->env = 0;
}

void table_set_env(struct process *process, envid_t env)
{
	if (process->env != 0) {
		table_drop_env(process, process->env);
	}
	process->env = env;
	if (env != 0) {
		table_add_env(process, env);
	}
}

struct process *table_by_any_env(envid_t env)
{
	return by_env[ENV_SLOT(env)].env == env ? by_env[ENV_SLOT(env)].process : NULL;
}

struct process *table_by_env(envid_t env)
{
	struct process *process = table_by_any_env(env);

	return process && process->env == env ? process : NULL;
}

struct process *table_by_label(uint32_t label)
{
	struct process *process = &processes[label % LABEL_PLACES];
	bool in_table = label % LABEL_PLACES < PROCESS_MAX;

	return in_table && process->pid != 0 && process->label == label ? process : NULL;
}

struct process *table_first(void)
{
	return first_process;
}

bool table_is_ancestor(const struct process *ancestor, const struct process *process)
{
	const struct process *parent = process->parent;

	while (parent && parent != ancestor) {
		parent = parent->parent;
	}
	return parent != NULL;
}
