/* Families, and what the kernel tells about envs that die.
 *
 * A process on fault path `self` forks by the kernel's calls alone. Its child is controlled by the env
 * that forked it, so procmgr need not know it, until that env dies and the kernel hands the child
 * down, in the end to procmgr:
 *
 *     procmgr -> P -> C -> G     P dies:  procmgr -> C -> G     C is an heir, and G still C's
 *
 * Heirs are the process's (table_add_env), and it lasts until it has no env left. Envs that
 * others made and left behind would be nobody's: they end.
 *
 * Whose an heir is shows in whom it came from (`former` in its record): an env that we control, whose death we have
 * just caused or can read now. Therefore a death is applied only after its heirs are adopted. Only if an heir
 * came and died, and its slot had another env, before we looked at its record, we cannot tell whose it was,
 * and whose its own heirs are: then they are from the process that we are ending, or the first dead one's.
 *
 * Other CPUs go on meanwhile: envs die between our looking at one record and the next. Heirs come from
 * deaths alone, and each of these is reported; so a look at all records is complete if afterwards
 * there is no new death to read (adopt_all). A death may even be read before the env, which lived when we
 * looked, is adopted: that death is its process's (adopt). */
#include "servers/procmgr/family.h"
#include "libsys/string.h"
#include "libsys/syscall.h"
#include "servers/procmgr/life.h"
#include "servers/procmgr/server.h"
#include "servers/procmgr/tally.h"

/* An env of ours that died by itself. */
struct demise {
	envid_t env;
	struct process *process; /* that has it in the table, or NULL */
	struct process *family;  /* whose it was, or NULL */
	struct env_death death;
};

/* Deaths read and not applied, oldest first. */
static struct demise demises[NENV];
static uint32_t ndemises;

static struct env_info record_of(envid_t env)
{
	const volatile struct env_info *info = &env_infos[ENV_SLOT(env)];
	return (struct env_info){
		.id = info->id,
		.parent = info->parent,
		.former = info->former,
		.status = info->status,
		.runs = info->runs,
		.controller = info->controller,
		.waits = info->waits,
	};
}

static bool lives(const struct env_info *info)
{
	return info->id != 0 && info->status != ENV_FREE && info->status != ENV_DYING;
}

struct process *family_of(envid_t env)
{
	for (uint32_t steps = 0; steps < NENV; steps++) {
		struct process *process = table_by_any_env(env);
		if (process != NULL) {
			return process->path == FAULT_PATH_SELF ? process : NULL;
		}
		struct env_info info = record_of(env);
		if (info.id != env || !lives(&info)) {
			return NULL;
		}
		env = info.controller;
	}
	return NULL;
}

uint32_t family_size(const struct process *process)
{
	uint32_t size = 0;
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info = record_of((envid_t)slot);
		size += lives(&info) && family_of(info.id) == process;
	}
	return size;
}

/* ---- Heirs ---- */

/* Whether the env came to us from somebody else. What we make ourselves has no parent, or is in the
 * table before anything else happens. */
static bool is_heir(const struct env_info *info)
{
	envid_t own = env_page->id;
	return lives(info) && info->controller == own && info->id != own && info->parent != 0 &&
	       table_by_any_env(info->id) == NULL && server_of_env(info->id) == 0;
}

/* ---- Deaths ---- */

static struct process *process_of(envid_t env)
{
	for (uint32_t i = 0; i < ndemises; i++) {
		if (demises[i].env == env) {
			return demises[i].family;
		}
	}
	return table_by_any_env(env);
}

/* Whose the dead env was. If it died before it was adopted, its record tells, until the slot is used
 * again. */
static struct process *family_of_dead(envid_t env)
{
	struct process *process = table_by_any_env(env);
	if (process != NULL) {
		return process;
	}
	struct env_info info = record_of(env);
	return info.id == env ? process_of(info.former) : NULL;
}

static void read_deaths(void)
{
	struct env_death death;
	struct fault_counts faults;
	while (ndemises < NENV && sys_env_reap_faults(&death, &faults) == OK) {
		struct process *process = table_by_any_env(death.id);
		if (process != NULL) {
			tally_add(process, &faults);
		}
		demises[ndemises++] = (struct demise){
			.env = death.id,
			.process = process,
			.family = family_of_dead(death.id),
			.death = death,
		};
	}
}

static void apply(const struct demise *demise)
{
	struct ending ending = life_ending_of_death(&demise->death);
	enum pm_server server = server_of_env(demise->env);
	if (server != 0) {
		server_failed(server, &ending);
	}
	if (demise->process != NULL) {
		life_env_died(demise->process, demise->env, &ending);
	}
}

static void apply_first(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		apply(&demises[i]);
	}
	ndemises -= count;
	memmove(demises, demises + count, ndemises * sizeof(demises[0]));
}

void family_forget(const struct process *process)
{
	for (uint32_t i = 0; i < ndemises; i++) {
		if (demises[i].process == process) {
			demises[i].process = NULL;
		}
		if (demises[i].family == process) {
			demises[i].family = NULL;
		}
	}
}

/* ---- Stopping ---- */

static const struct process *stopping; /* its heirs are stopped when they are found */
static envid_t stopped[NENV];          /* by slot: who was */

/* False: there is nothing to do (any more). */
static bool stop(envid_t env)
{
	if (stopped[ENV_SLOT(env)] == env) {
		return false;
	}
	stopped[ENV_SLOT(env)] = env;
	return sys_env_set(env, ENV_RUN, 0) >= 0;
}

static bool stop_members(const struct process *process)
{
	bool some = false;
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info = record_of((envid_t)slot);
		if (lives(&info) && family_of(info.id) == process && stop(info.id)) {
			some = true;
		}
	}
	return some;
}

/* ---- Adoption ---- */

static struct process *first_dead_on_self(void)
{
	read_deaths();
	for (uint32_t i = 0; i < ndemises; i++) {
		struct process *process = demises[i].family;
		if (process != NULL && process->path == FAULT_PATH_SELF) {
			return process;
		}
	}
	return NULL;
}

/* Whether the heir is stopped, and so for ever: nobody but its controller could start it. A record
 * may be read while the kernel wakes that env; not twice the same waking, with a system call about
 * the env between. */
static bool is_stopped(const struct env_info *heir)
{
	struct env_regs regs;
	if (heir->status != ENV_NOT_RUNNABLE || heir->waits != 0 ||
	    sys_env_get_regs(heir->id, &regs) < 0) {
		return false;
	}
	struct env_info now = record_of(heir->id);
	return now.id == heir->id && now.status == ENV_NOT_RUNNABLE && now.waits == 0 &&
	       now.runs == heir->runs;
}

/* The heir is the process's, and so is its death, if that has been read already. */
static void take(const struct env_info *heir, struct process *process)
{
	table_add_env(process, heir->id);
	if (process == stopping) {
		(void)stop(heir->id);
	}
	for (uint32_t i = 0; i < ndemises; i++) {
		if (demises[i].env == heir->id) {
			demises[i].process = demises[i].family = process;
		}
	}
}

/* `likely`: whose the heir is if its record does not say; NULL: some dead env's. False: it was to end,
 * and may have heirs itself. */
static bool adopt(const struct env_info *heir, struct process *likely)
{
	struct process *process = process_of(heir->former);
	if (process == NULL) {
		process = likely != NULL ? likely : first_dead_on_self();
	}
	if (process != NULL && process->path == FAULT_PATH_SELF && !is_stopped(heir)) {
		take(heir, process);
		return true;
	}
	if (ndemises < NENV) {
		demises[ndemises++] = (struct demise){.env = heir->id, .family = process};
	}
	(void)sys_env_destroy(heir->id, 0);
	return false;
}

/* Looks at each record. False: some heirs were to end, and may have left heirs themselves. */
static bool adopt_seen(struct process *likely)
{
	bool all = true;
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info = record_of((envid_t)slot);
		if (is_heir(&info) && !adopt(&info, likely)) {
			all = false;
		}
	}
	return all;
}

static void adopt_all(struct process *likely)
{
	uint32_t known;
	bool all;
	do {
		known = ndemises;
		all = adopt_seen(likely);
		read_deaths();
	} while (!all || ndemises != known);
}

void family_adopt(struct process *process)
{
	adopt_all(process);
}

/* Who is stopped makes no more and keeps its slot: so a bomb comes to an end when the slots do. */
void family_stop(struct process *process)
{
	uint32_t known;
	bool some;
	stopping = process;
	do {
		known = ndemises;
		adopt_all(process);
		some = stop_members(process);
		read_deaths();
	} while (some || ndemises != known);
	stopping = NULL;
}

void family_settle(void)
{
	read_deaths();
	do {
		adopt_all(NULL);
		apply_first(ndemises);
	} while (ndemises > 0); /* who ends may leave heirs */
}
