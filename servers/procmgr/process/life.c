/* The end of processes.
 *
 *               last env ended, has a parent       parent waits or comes to wait
 *     RUNNING --------------------------> ZOMBIE ------------------------------> (slot free)
 *       |  ^                                |
 *       |  |                                | parent ends
 *       v  | child ends, answer given       v
 *     WAITING                             (slot free)
 *
 * A process on path `self` outlives its own env until its family has ended, which family.c finds
 * out. A zombie has no env. It stays until its parent has heard of it: an answer that cannot be
 * delivered (the parent gave up or is dying itself) leaves it where it was. */
#include "servers/procmgr/process/life.h"
#include "libsys/string.h"
#include "servers/procmgr/family/family.h"
#include "servers/procmgr/look/log.h"
#include "servers/procmgr/look/tally.h"
#include "servers/procmgr/machine/boot.h"
#include "servers/procmgr/paging/ownpager.h"
#include "servers/procmgr/process/report.h"
#include "servers/procmgr/process/terminal.h"
#include "servers/procmgr/server/server.h"

enum { STATUS_MAX = 100 };

/* By slot: envs of families that wait for processes they started. */
static struct {
	envid_t env;
	int32_t pid; /* 0: any */
} member_waits[NENV];

static int clamp_status(uint32_t status)
{
	return status > STATUS_MAX ? STATUS_MAX : (int)status;
}

struct ending life_ending_by_exit(int status)
{
	return (struct ending){.how = PM_END_EXIT, .status = clamp_status((uint32_t)status)};
}

struct ending life_ending_by_kill(int status)
{
	return (struct ending){.how = PM_END_KILLED, .status = clamp_status((uint32_t)status)};
}

struct ending life_ending_of_death(const struct env_death *death)
{
	switch (death->cause) {
	case DEATH_EXIT: return life_ending_by_exit((int)death->va_or_status);
	case DEATH_KILLED: return life_ending_by_kill((int)death->va_or_status);
	default: break;
	}
	struct ending ending = {
		.how = PM_END_FAULT,
		.status = PM_STATUS_FAULT,
		.reason = E_FAULT,
		.ip = death->ip,
	};
	if (death->cause == DEATH_EXCEPTION) {
		ending.vector = death->code;
	} else {
		ending.vector = VECTOR_PAGE_FAULT;
		ending.va = death->va_or_status;
		ending.err = death->code;
		ending.stack_full = death->cause == DEATH_STACK_FULL;
	}
	if (death->cause == DEATH_REFUSED) {
		ending.reason = -(int)(death->code >> DEATH_STATUS_SHIFT);
	}
	return ending;
}

/* The answer to a wait: child `zombie` has ended. */
static void describe_end(const struct process *zombie, struct ipc_msg *answer)
{
	char why[PM_BYTES_MAX];

	report_process(zombie, why, sizeof(why));
	answer->w[0] = (uint32_t)zombie->pid;
	answer->w[1] = (uint32_t)zombie->ending.status;
	answer->w[2] = zombie->ending.how;
	answer->nwords = 3;
	if (why[0] != '\0') {
		answer->nwords = ipc_put_bytes(why, strlen(why) + 1);
	}
}

/* Who waits for the zombie hears of it, unless the waiter gave up: then the zombie stays. */
static void answer_parent(struct process *parent, struct process *zombie)
{
	struct ipc_msg answer;
	envid_t waiter = zombie->guardian != 0 ? zombie->guardian : parent->env;

	describe_end(zombie, &answer);
	life_stop_waiting(parent, zombie->guardian);
	if (ipc_reply(waiter, &answer) >= 0) {
		table_remove(zombie);
	}
}

static bool waits_for(const struct process *parent, const struct process *child)
{
	envid_t guardian = child->guardian;
	bool waits = parent->state == PM_WAITING;
	int32_t pid = parent->wait_for;

	if (guardian != 0) {
		waits = member_waits[ENV_SLOT(guardian)].env == guardian;
		pid = member_waits[ENV_SLOT(guardian)].pid;
	}
	return waits && (pid == 0 || pid == child->pid);
}

/* Whether the one who may wait for a child of `parent` lives. */
static bool is_wanted(const struct process *child, const struct process *parent)
{
	return child->guardian != 0 ? family_of(child->guardian) == parent : parent->env != 0;
}

/* Nobody will wait for it. */
static void forget_child(struct process *child)
{
	if (child->state == PM_ZOMBIE) {
		table_remove(child);
	} else {
		table_orphan(child);
		ownpager_orphaned(child);
	}
}

/* Whether there were some. */
static bool forget_unwanted_in(const struct child_list *list, const struct process *parent)
{
	bool some = false;
	struct process *next;

	for (struct process *child = list->first; child; child = next) {
		next = child->next;
		if (!is_wanted(child, parent)) {
			forget_child(child);
			some = true;
		}
	}
	return some;
}

void life_forget_unwanted(struct process *process)
{
	(void)forget_unwanted_in(&process->ended, process);
	if (forget_unwanted_in(&process->living, process)) {
		terminal_children_left(process);
	}
}

/* It has no env, or at most stopped ones that will be ended as heirs of nobody. */
static void forget_all_children(struct process *process)
{
	while (process->ended.first) {
		forget_child(process->ended.first);
	}
	if (process->living.first) {
		terminal_children_left(process);
	}
	while (process->living.first) {
		forget_child(process->living.first);
	}
}

/* Nobody will ask why it ended. */
static void log_ending(const struct process *process)
{
	char line[PM_BYTES_MAX];

	if (process->ending.how == PM_END_FAULT) {
		report_process(process, line, sizeof(line));
		if (line[0] != '\0') {
			log_line(line);
		}
	}
}

void life_finish(struct process *process)
{
	struct process *parent = process->parent;

	if (process->boot) {
		boot_process_ended(process);
	}
	forget_all_children(process);
	if (!parent || !is_wanted(process, parent)) {
		table_remove(process);
		return;
	}
	table_move_to_ended(process);
	if (waits_for(parent, process)) {
		answer_parent(parent, process);
	}
}

/* Its own env is gone: that is how it ended, whatever its family does. */
static void end_own(struct process *process, const struct ending *ending)
{
	const volatile struct env_info *record = &env_infos[ENV_SLOT(process->env)];
	envid_t env = process->env, pager = record->pager;

	process->ending = *ending;
	process->ending.pager = record->id == env ? pager : 0;
	process->ending.deadline_ms = process->deadline_ms;
	life_give_up_copy(process);
	table_set_env(process, 0);
	if (process->had_terminal) {
		terminal_process_ended(process);
	}
	ownpager_ended(process, env);
	if (process->pager != 0) { /* which looks for clients when it hears that there are none */
		family_destroy_but(process, 0, ending->status);
	}
	ownpager_leave(process);
	life_forget_unwanted(process);
	if (!process->parent || !is_wanted(process, process->parent)) {
		log_ending(process);
	}
	process->state = PM_RUNNING;
}

bool life_is_over(const struct process *process)
{
	return process->env == 0 && process->envs == 0 && process->state != PM_ZOMBIE;
}

static void finish_if_over(struct process *process)
{
	if (!life_is_over(process)) {
		return;
	}
	if (process->path == FAULT_PATH_SELF) {
		family_end_later();
	} else {
		life_finish(process);
	}
}

void life_end(struct process *process, const struct ending *ending)
{
	tally_before_death(process, process->env);
	(void)sys_env_destroy(process->env, ending->status);
	end_own(process, ending);
	finish_if_over(process);
}

void life_give_up_copy(struct process *parent)
{
	struct process *child = parent->copy;

	if (!child) {
		return;
	}
	parent->copy = NULL;
	if (child->state != PM_ZOMBIE) { /* else somebody ended it: that is told, later */
		struct ending ending = life_ending_by_kill(0);

		life_end(child, &ending);
		table_remove(child);
	}
}

/* Where the kernel asks the pager and there is none, it says of every page fault that nobody
 * handles it. */
static bool missed_pager(const struct process *process, const struct ending *ending)
{
	bool kernel_asks = process->path == FAULT_PATH_IPC || process->path == FAULT_PATH_KERNEL;

	return kernel_asks && server_env(PM_SERVER_PAGER) == E_DEAD &&
	       ending->how == PM_END_FAULT && ending->vector == VECTOR_PAGE_FAULT &&
	       ending->reason == E_FAULT;
}

void life_env_died(struct process *process, envid_t env, const struct ending *ending)
{
	if (process->env != 0 && env == process->env) {
		struct ending own = *ending;

		own.reason = missed_pager(process, ending) ? E_DEAD : own.reason;
		end_own(process, &own);
	} else {
		table_drop_env(process, env);
	}
	finish_if_over(process);
}

void life_kill(struct process *process, const struct ending *ending)
{
	if (process->path != FAULT_PATH_SELF) {
		life_end(process, ending);
		return;
	}
	envid_t env = process->env;
	family_destroy(process, ending->status);
	process->env = env;
	end_own(process, ending);
	life_finish(process);
}

static struct process *first_of(const struct child_list *list, envid_t guardian)
{
	struct process *child = list->first;

	while (child && child->guardian != guardian) {
		child = child->next;
	}
	return child;
}

/* Which of the children the wait is about, ended if there is such a one; NULL: there is none. */
static struct process *find_child(const struct process *parent, envid_t guardian, int32_t pid)
{
	if (pid == 0) {
		struct process *ended = first_of(&parent->ended, guardian);

		return ended ? ended : first_of(&parent->living, guardian);
	}
	struct process *child = table_by_pid(pid);
	bool ours = child && child->parent == parent && child->guardian == guardian;
	return ours ? child : NULL;
}

static void start_waiting(struct process *parent, envid_t guardian, int32_t pid)
{
	if (guardian == 0) {
		parent->state = PM_WAITING;
		parent->wait_for = pid;
	} else {
		member_waits[ENV_SLOT(guardian)].env = guardian;
		member_waits[ENV_SLOT(guardian)].pid = pid;
	}
}

bool life_wait(struct process *parent, envid_t guardian, int32_t pid, uint32_t flags,
               struct ipc_msg *answer)
{
	struct process *child = find_child(parent, guardian, pid);

	if (!child) {
		answer->w[0] = (uint32_t)E_NO_CHILD;
		return true;
	}
	if (child->state == PM_ZOMBIE) {
		answer_parent(parent, child);
		return false;
	}
	if ((flags & PM_WAIT_NOHANG) == 0) {
		start_waiting(parent, guardian, pid);
		return false;
	}
	answer->w[0] = 0;
	return true;
}

void life_stop_waiting(struct process *process, envid_t guardian)
{
	if (guardian == 0) {
		process->state = PM_RUNNING;
	} else if (member_waits[ENV_SLOT(guardian)].env == guardian) {
		member_waits[ENV_SLOT(guardian)].env = 0;
	}
}
