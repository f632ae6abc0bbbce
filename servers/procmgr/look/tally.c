/* How many page faults processes had. The kernel counts per env, from 0 and without end; procmgr
 * keeps what envs had that are gone (process->faults), so a process keeps its counts over exec, and
 * as a zombie. A reset takes the present counts away from what is kept: sums modulo 2^32 come out
 * right. */
#include "servers/procmgr/look/tally.h"
#include "libsys/record.h"
#include "libsys/syscall.h"

enum { KINDS = 4, TIMES = 3, WORDS = 8 }; /* WORDS: those before `spent` */
_Static_assert(offsetof(struct fault_counts, spent) == WORDS * sizeof(uint32_t), "words first");

static struct fault_counts forgotten[FAULT_PATHS];

/* *sum += *what. Every process that ends does this twice; time is spent only under a trace. */
static void add_counts(struct fault_counts *sum, const volatile struct fault_counts *what)
{
	uint32_t *words = (uint32_t *)sum;
	const volatile uint32_t *others = (const volatile uint32_t *)what;

#pragma GCC unroll 8
	for (uint32_t i = 0; i < WORDS; i++) {
		words[i] += others[i];
	}
	for (uint32_t i = 0; what->timed != 0 && i < TIMES; i++) {
		sum->spent[i] += what->spent[i];
	}
}

static void subtract_counts(struct fault_counts *sum, const struct fault_counts *what)
{
	struct fault_counts minus;

	for (uint32_t i = 0; i < WORDS; i++) {
		((uint32_t *)&minus)[i] = -((const uint32_t *)what)[i];
	}
	for (uint32_t i = 0; i < TIMES; i++) {
		minus.spent[i] = -what->spent[i];
	}
	add_counts(sum, &minus);
}

static const volatile struct env_info *record_of(envid_t env)
{
	return &env_infos[ENV_SLOT(env)];
}

void tally_add(struct process *process, const struct fault_counts *counts)
{
	add_counts(&process->faults, counts);
}

void tally_before_death(struct process *process, envid_t env)
{
	const volatile struct env_info *record = record_of(env);
	uint32_t status = record->status; /* before the id, and once: as in libsys/record.c */

	if (record->id == env && status > ENV_DYING) { /* else they come with its death */
		add_counts(&process->faults, &record->faults);
	}
}

void tally_forget(const struct process *process)
{
	add_counts(&forgotten[process->path], &process->faults);
}

struct fault_counts tally_of(const struct process *process)
{
	struct fault_counts sum = process->faults;

	if (process->path != FAULT_PATH_SELF) {
		if (process->env != 0) {
			add_counts(&sum, &record_of(process->env)->faults);
		}
		return sum;
	}
	for (uint32_t slot = 0; slot < NENV; slot++) {
		struct env_info info;

		if (env_infos[slot].label == process->label && record_read(slot, &info) &&
		    info.label == process->label) {
			add_counts(&sum, &env_infos[slot].faults);
		}
	}
	return sum;
}

struct fault_counts tally_of_forgotten(enum fault_path path)
{
	return forgotten[path];
}

void tally_reset(enum fault_path path)
{
	forgotten[path] = (struct fault_counts){0};
	for (struct process *p = table_after(0); p; p = table_after(p->pid)) {
		if (p->path == path) {
			struct fault_counts now = tally_of(p);

			subtract_counts(&p->faults, &now);
		}
	}
}
