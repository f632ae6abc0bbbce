/* The end of processes.
 *
 *               life_end, has a parent             parent waits or comes to wait
 *     RUNNING --------------------------> ZOMBIE ------------------------------> (slot free)
 *       |  ^                                |
 *       |  |                                | parent ends
 *       v  | child ends, answer given       v
 *     WAITING                             (slot free)
 *
 * A zombie has no env. It stays until its parent has heard of it: an answer that cannot be
 * delivered (the parent gave up or is dying itself) leaves it where it was. */
#include "servers/procmgr/life.h"
#include "libsys/string.h"
#include "servers/procmgr/log.h"
#include "servers/procmgr/power.h"
#include "servers/procmgr/report.h"

enum { STATUS_MAX = 100 };

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
	}
	return ending;
}

/* The answer to a wait: child `zombie` has ended. */
static void describe(const struct process *zombie, struct ipc_msg *answer)
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

/* A child of a waiting parent has ended. */
static void answer_parent(struct process *parent, struct process *zombie)
{
	struct ipc_msg answer;
	describe(zombie, &answer);
	life_stop_waiting(parent);
	if (ipc_reply(parent->env, &answer) >= 0) {
		table_remove(zombie);
	}
}

static bool waits_for(const struct process *parent, const struct process *child)
{
	return parent->state == PM_WAITING &&
	       (parent->wait_for == 0 || parent->wait_for == child->pid);
}

static void give_up_children(struct process *process)
{
	while (process->ended.first != NULL) {
		table_remove(process->ended.first);
	}
	while (process->living.first != NULL) {
		table_orphan(process->living.first);
	}
}

/* Nobody will ask why it ended. */
static void log_ending(const struct process *process)
{
	char line[PM_BYTES_MAX];
	if (process->ending.how == PM_END_FAULT) {
		report_process(process, line, sizeof(line));
		log_line(line);
	}
}

void life_end(struct process *process, const struct ending *ending)
{
	struct process *parent = process->parent;

	process->ending = *ending;
	(void)sys_env_destroy(process->env, ending->status);
	table_set_env(process, 0);
	give_up_children(process);
	if (parent == NULL) {
		log_ending(process);
	}
	if (process == table_first()) {
		power_off(ending->status);
	}
	if (parent == NULL) {
		table_remove(process);
		return;
	}
	table_move_to_ended(process);
	if (waits_for(parent, process)) {
		answer_parent(parent, process);
	}
}

/* Which of the parent's ended children the wait is about. NULL: none yet, if OK. */
static int find_ended(const struct process *parent, int32_t pid, struct process **ended)
{
	struct process *child = pid == 0 ? parent->ended.first : table_by_pid(pid);
	bool ours = pid == 0 ? parent->children > 0 : child != NULL && child->parent == parent;
	if (!ours) {
		return E_NO_CHILD;
	}
	*ended = child != NULL && child->state == PM_ZOMBIE ? child : NULL;
	return OK;
}

bool life_wait(struct process *parent, int32_t pid, uint32_t flags, struct ipc_msg *answer)
{
	struct process *zombie;
	int status = find_ended(parent, pid, &zombie);
	if (status == OK && zombie == NULL && (flags & PM_WAIT_NOHANG) == 0) {
		parent->state = PM_WAITING;
		parent->wait_for = pid;
		return false;
	}
	if (status < 0 || zombie == NULL) {
		answer->w[0] = (uint32_t)status;
		return true;
	}
	describe(zombie, answer);
	table_remove(zombie);
	return true;
}

void life_stop_waiting(struct process *process)
{
	process->state = PM_RUNNING;
}
