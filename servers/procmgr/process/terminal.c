/* Whose the terminal is: the console asks here, and is told when ends may have changed what it was
 * answered; a console that dies takes nothing along.
 *
 *     foreground   Ctrl-C ends it; it and all below it read
 *     owner        the process that last said who is in the foreground; reads while nobody is
 *     lenders      owner -> lender -> ... who owned it before, and let it go to who was in the
 *                  foreground, or below
 *
 * The first process may always say it, else only who owns the terminal, or lent it, or is in the
 * foreground, or below. A lender that says it has it back from all whom it went to. When an owner
 * ends, the nearest ancestor that lives owns the terminal, or its lender, or the first process:
 * never whoever comes first. Each lender lives; who ends is left out. Processes are kept by their
 * labels, which never come again, as pids do. */
#include "servers/procmgr/process/terminal.h"
#include "kernel/abi/status.h"
#include "libsys/syscall.h"
#include "servers/procmgr/server/server.h"

static uint32_t foreground, owner; /* labels; 0: nobody */

static struct process *living_process(uint32_t label)
{
	struct process *process = label != 0 ? table_by_label(label) : NULL;

	return process && process->state != PM_ZOMBIE ? process : NULL;
}

static bool is_or_is_below(const struct process *process, const struct process *upper)
{
	return upper && (process == upper || table_is_ancestor(upper, process));
}

static bool owns_or_lent(const struct process *who)
{
	const struct process *process = living_process(owner);

	while (process && process != who) {
		process = living_process(process->lender);
	}
	return process != NULL;
}

/* `lender`: a label, 0: nobody. The first process needs none. */
static void make_owner(struct process *who, uint32_t lender)
{
	if (!owns_or_lent(who)) {
		who->lender = who != table_first() ? lender : 0;
	}
	owner = who->label;
	who->had_terminal = true;
}

int terminal_take(struct process *who, const struct process *target)
{
	bool may = who == table_first() || owner == 0 || owns_or_lent(who) ||
	           is_or_is_below(who, living_process(foreground));

	if (!may || (target && !is_or_is_below(target, who))) {
		return E_PERM;
	}
	foreground = target ? target->label : 0;
	make_owner(who, owner);
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
	return is_or_is_below(process, living_process(foreground));
}

struct process *terminal_interrupt(void)
{
	struct process *process = living_process(foreground);

	foreground = 0;
	return process;
}

/* The console keeps what it heard about readers. */
static void tell_console(void)
{
	envid_t console = server_env(PM_SERVER_CONSOLE);

	if (console > 0) {
		(void)sys_notify(console, PM_NOTIFY_TERMINAL);
	}
}

void terminal_children_left(const struct process *process)
{
	if (is_or_is_below(process, living_process(foreground))) {
		tell_console();
	}
}

static void leave_out(const struct process *lender)
{
	struct process *process = living_process(owner);

	while (process && process->lender != lender->label) {
		process = living_process(process->lender);
	}
	if (process) {
		process->lender = lender->lender;
	}
}

void terminal_process_ended(const struct process *process)
{
	if (process->label != owner) {
		leave_out(process);
		return;
	}
	tell_console();
	struct process *heir = process->parent;
	while (heir && heir->env == 0) {
		heir = heir->parent;
	}
	if (!heir) {
		heir = living_process(process->lender);
	}
	if (!heir && table_first() && table_first()->env != 0) {
		heir = table_first();
	}
	if (heir) {
		make_owner(heir, process->lender);
	} else {
		owner = 0;
	}
}
