/* Families, and what the kernel tells about envs that die.
 *
 * Every env has its process's label: procmgr gives it to a process's own env, and the kernel to all
 * that this one makes, and these. So whose an env is, alive or just dead, never is a guess.
 *
 * A process on fault path `self` forks by the kernel's calls alone. Its child is controlled by the
 * env that forked it, so procmgr need not know it, until that env dies and the kernel hands the
 * child down, in the end to procmgr:
 *
 *     procmgr -> P -> C -> G     P dies:  procmgr -> C -> G     C is an heir, and G still C's
 *
 * Heirs are the process's (table_add_env), and it lasts until it has no env left. Envs that
 * processes on other paths made and left behind, or processes that are gone, are nobody's: they
 * end.
 *
 * Other CPUs go on meanwhile, and may make envs die as fast as we hear of it. So a settlement is a
 * bounded number of passes, and then other requests have their turn. When is a process over, though
 * heirs may come and die and leave heirs at any moment? When it has no env in the table, after a
 * look at all records that ended none of its heirs, and the deaths that the kernel has to tell
 * *after that look* are read and none is of its label. For if one of its envs lived, the topmost
 * were ours: either before the look, which found it; or it became ours later by the death of its
 * controller, which was ours. That one died by itself, and its death were among those read; or we
 * ended it, which the kernel does not tell, and only the look ends envs meanwhile. */
#include "servers/procmgr/family/family.h"
#include "libsys/record.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/look/tally.h"
#include "servers/procmgr/process/life.h"
#include "servers/procmgr/server/server.h"

enum {
	PASSES_MAX = 3,
	BIT_AGAIN = 1 << 28, /* that we raise at ourselves; 27 is FORK_BIT_AGAIN */
};
_Static_assert((BIT_AGAIN & (IPC_BIT_STANDSTILL | PM_NOTIFY_LOG | PM_NOTIFY_NO_CLIENTS)) == 0,
               "a bit with one meaning");

/* Deaths read and not applied, oldest first. No more than NENV can be unread at one time, so the
 * first half never is full when it is read into. */
static struct env_death deaths[2 * NENV];
static uint32_t ndeaths;

static bool more;     /* some process seems to be over */
static uint32_t look; /* the number of the last one at all records */
static bool settling;

struct process *family_of(envid_t env)
{
	struct env_info info;

	if (!record_read(ENV_SLOT(env), &info) || info.id != env) {
		return NULL;
	}
	struct process *process = table_by_label(info.label);
	bool lives = process && process->state != PM_ZOMBIE;
	return lives && process->path == FAULT_PATH_SELF ? process : NULL;
}

uint32_t family_size(const struct process *process)
{
	uint32_t size = 0;

	for (uint32_t slot = 0; slot < NENV; slot++) {
		const volatile struct env_info *info = &env_infos[slot];

		size += info->label == process->label && info->status != ENV_FREE;
	}
	return size;
}

/* ---- Deaths ---- */

/* At least those that there are now. Servers are started again at once: who suffers from their
 * death may ask next. */
static void read_deaths(void)
{
	struct fault_counts faults;

	for (uint32_t i = 0; i < NENV; i++) {
		struct env_death *death = &deaths[ndeaths];

		if (sys_env_reap_faults(death, &faults) != OK) {
			return;
		}
		struct process *process = table_by_label(death->label);
		enum pm_server server = server_of_env(death->id);
		if (server != 0) {
			struct ending ending = life_ending_of_death(death);

			server_failed(server, &ending);
		} else if (process) {
			tally_add(process, &faults);
			ndeaths++;
		}
	}
}

static void apply_death(const struct env_death *death)
{
	struct process *process = table_by_label(death->label);

	if (process && process->state != PM_ZOMBIE) {
		struct ending ending = life_ending_of_death(death);

		life_env_died(process, death->id, &ending);
	}
}

/* ---- Adoption ---- */

/* Whether the env came to us from somebody else. What we make ourselves is in the table before
 * anything else happens. */
static bool is_heir(const struct env_info *info)
{
	return info->controller == env_page->id && info->label != 0 && !table_by_any_env(info->id);
}

/* Whether the heir is stopped, and so for ever: nobody but its controller could start it. A record
 * may be read while the kernel wakes that env; not twice the same waking, with a system call about
 * the env between. */
static bool is_stopped(const struct env_info *heir)
{
	struct env_regs regs;
	struct env_info now;

	if (heir->status != ENV_NOT_RUNNABLE || heir->waits != 0 ||
	    sys_env_get_regs(heir->id, &regs) < 0) {
		return false;
	}
	return record_read(ENV_SLOT(heir->id), &now) && now.id == heir->id &&
	       now.status == ENV_NOT_RUNNABLE && now.waits == 0 && now.runs == heir->runs;
}

/* Looks at each record. Whether some heirs were to end: they may have left heirs, also in slots
 * that are passed. */
static bool adopt_heirs(void)
{
	bool some_ended = false;

	look++;
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info;

		if (env_infos[slot].controller != env_page->id || !record_read(slot, &info) ||
		    !is_heir(&info)) {
			continue;
		}
		struct process *process = table_by_label(info.label);
		if (process && process->path == FAULT_PATH_SELF && process->state != PM_ZOMBIE &&
		    !is_stopped(&info)) {
			table_add_env(process, info.id);
		} else {
			(void)sys_env_destroy(info.id, 0);
			some_ended = true;
			if (process) {
				process->heir_ended = look;
			}
		}
	}
	return some_ended;
}

/* ---- Ends ---- */

/* By slot: the envs of one process, by who controls them. 0: none (any more). */
static envid_t first_below[NENV], next_beside[NENV];

/* Whether there are any but this one. */
static bool find_envs_but(const struct process *process, envid_t kept)
{
	bool any = false;

	memset(first_below, 0, sizeof(first_below));
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info;

		if (env_infos[slot].label == process->label && record_read(slot, &info) &&
		    info.label == process->label && info.id != kept) {
			next_beside[slot] = first_below[ENV_SLOT(info.controller)];
			first_below[ENV_SLOT(info.controller)] = info.id;
			any = true;
		}
	}
	return any;
}

/* From the topmost ones down: whom a dead one controlled is ours. */
static void destroy_envs(struct process *process, int status)
{
	envid_t env, next, todo = first_below[ENV_SLOT(env_page->id)];

	while (todo != 0) {
		env = todo;
		todo = next_beside[ENV_SLOT(env)];
		tally_before_death(process, env);
		(void)sys_env_destroy(env, status);
		for (envid_t below = first_below[ENV_SLOT(env)]; below != 0; below = next) {
			next = next_beside[ENV_SLOT(below)];
			next_beside[ENV_SLOT(below)] = todo;
			todo = below;
		}
	}
}

/* Nobody makes envs or hands them on any more. But who waits for a pager may still end by itself
 * while we look, and whom it controlled be passed over: then we look again. */
void family_destroy_but(struct process *process, envid_t kept, int status)
{
	(void)sys_env_set(0, ENV_HALT, process->label);
	while (find_envs_but(process, kept)) {
		destroy_envs(process, status);
	}
}

void family_destroy(struct process *process, int status)
{
	family_destroy_but(process, 0, status);
	table_drop_envs(process);
}

void family_come_again(void)
{
	if (!settling) {
		(void)sys_notify(0, BIT_AGAIN);
	}
}

void family_end_later(void)
{
	more = true;
	family_come_again();
}

/* `first`: deaths from there on have not been applied. */
static void end_if_over(struct process *process, uint32_t first)
{
	if (!process || !life_is_over(process)) {
		return;
	}
	if (process->heir_ended == look) {
		more = true; /* the next look finds what that one left */
		return;
	}
	for (uint32_t i = first; i < ndeaths; i++) {
		if (deaths[i].label == process->label) {
			return;
		}
	}
	life_finish(process);
}

/* The processes that ended, first those of the deaths that have just been applied, in their
 * order. */
static void end_processes(uint32_t applied)
{
	struct process *next;
	bool all = more;

	more = false;
	for (uint32_t i = 0; i < applied; i++) {
		end_if_over(table_by_label(deaths[i].label), applied);
	}
	for (struct process *process = all ? table_after(0) : NULL; process; process = next) {
		next = table_after(process->pid);
		end_if_over(process, applied);
	}
}

/* Whether there may be more to do. */
static bool settle_some(void)
{
	if (ndeaths == 0) {
		read_deaths();
	}
	uint32_t count = ndeaths;
	bool some_ended = adopt_heirs();
	for (uint32_t i = 0; i < count; i++) {
		apply_death(&deaths[i]);
	}
	read_deaths();
	end_processes(count);
	ndeaths -= count;
	memmove(deaths, deaths + count, ndeaths * sizeof(deaths[0]));
	return server_settle() || some_ended || ndeaths > 0;
}

void family_settle(void)
{
	bool again = true;

	settling = true;
	for (uint32_t pass = 0; pass < PASSES_MAX && again; pass++) {
		again = settle_some();
	}
	settling = false;
	if (again) {
		(void)sys_notify(0, BIT_AGAIN);
	}
}
