/* Whose the terminal is: the console asks here, and keeps nothing of it, so that a console that dies takes nothing along.
 *
 *     foreground   Ctrl-C ends it; it and all below it read
 *     owner        the process that last said who is in the foreground; reads while nobody is
 *
 * The first process may always say it, else only who owns the terminal or is in the foreground, or below. When an owner
 * ends, its parent owns the terminal, or the nearest ancestor that lives, or the first process: never whoever
 * comes first. Processes are kept by their labels, which never come again, as pids do. */
#include "servers/procmgr/terminal.h"
#include "kernel/abi/status.h"

static uint32_t foreground, owner; /* labels; 0: nobody */

static struct process *living(uint32_t label)
{
	struct process *process = label != 0 ? table_by_label(label) : NULL;
	return process != NULL && process->state != PM_ZOMBIE ? process : NULL;
}

static bool is_or_is_below(const struct process *process, const struct process *upper)
{
	return upper != NULL && (process == upper || table_is_ancestor(upper, process));
}

int terminal_take(const struct process *who, const struct process *target)
{
	bool may = who == table_first() || owner == 0 || who->label == owner ||
	           is_or_is_below(who, living(foreground));
	if (!may || (target != NULL && !is_or_is_below(target, who))) {
		return E_PERM;
	}
	foreground = target != NULL ? target->label : 0;
	owner = who->label;
	return OK;
}

bool terminal_may_read(const struct process *process, bool own)
{
	if (owner == 0) {
		return true;
	}
	if (foreground == 0) {
		return own && process->label == owner;
	}
	return is_or_is_below(process, living(foreground));
}

struct process *terminal_interrupt(void)
{
	struct process *process = living(foreground);
	foreground = 0;
	return process;
}

void terminal_owner_ended(const struct process *process)
{
	if (process->label != owner) {
		return;
	}
	const struct process *heir = process->parent;
	while (heir != NULL && heir->env == 0) {
		heir = heir->parent;
	}
	if (heir == NULL && table_first() != NULL && table_first()->env != 0) {
		heir = table_first();
	}
	owner = heir != NULL ? heir->label : 0;
}
