/* System calls on envs: fork, destroy, set, registers, reap. Each checks its arguments and the
 * caller's authority before it changes anything. Lock held; none blocks. */
#include "kernel/call/envcall.h"
#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/fault/fault.h"
#include "kernel/ipc/deadline.h"
#include "kernel/ipc/faultcall.h"
#include "kernel/life/life.h"
#include "kernel/sched/sched.h"

/* The env that the caller names and may act on; NULL with *error. */
static struct env *acted_on(struct env *caller, envid_t id, int *error)
{
	struct env *env = env_lookup(caller, id);

	*error = !env ? E_BAD_ENV : env_may_act(caller, env) ? OK : E_PERM;
	return *error ? NULL : env;
}

/* ---- limits ---- */

/* The env's limit is lifted: those that it paid for before give nothing back when it has one
 * again. */
static void forget_payments(const struct env *env, uint8_t kind)
{
	for (uint32_t i = 0; i < NENV; i++) {
		if (envs[i].life && env_records[i].controller == env->id) {
			envs[i].funded &= ~kind;
		}
	}
}

static int set_limit(struct env *caller, struct env *env, uint32_t limit)
{
	uint32_t old = env->info->limit;
	bool paid = caller->info->limit && env != caller;

	if (paid && (limit == 0 || (limit > old && old && !(env->funded & FUNDED_PAGES)))) {
		return E_PERM; /* the rest of it was paid by nobody: what could go back? */
	}
	if ((limit && limit < env->info->pages) ||
	    (paid && limit > old && limit - old > space_room(&caller->space))) {
		return E_LIMIT;
	}
	if (paid) {
		env->funded |= old ? 0 : FUNDED_PAGES;
		caller->info->limit -= env->funded & FUNDED_PAGES ? limit - old : 0;
	} else {
		env->funded &= ~FUNDED_PAGES;
	}
	if (!limit) {
		forget_payments(env, FUNDED_PAGES);
	}
	env->info->limit = limit;
	return OK;
}

static int set_slots(struct env *caller, struct env *env, uint32_t slots)
{
	bool paid = caller->slots != ENV_SLOTS_ANY;
	bool funded = env->funded & FUNDED_SLOTS;

	if (paid && (slots == ENV_SLOTS_ANY || (slots > env->slots && !funded))) {
		return E_PERM;
	}
	if (paid && slots > env->slots && slots - env->slots > caller->slots) {
		return E_LIMIT;
	}
	caller->slots -= paid && funded ? slots - env->slots : 0;
	if (!paid) {
		env->funded &= ~FUNDED_SLOTS; /* paid by nobody */
	}
	if (slots == ENV_SLOTS_ANY) {
		forget_payments(env, FUNDED_SLOTS);
	}
	env->slots = slots;
	return OK;
}

/* The page limit of a new env: what the caller asks for, or half of what it can spare. */
static int choose_limit(const struct env *caller, uint32_t asked, uint32_t *limit)
{
	uint32_t spare = space_room(&caller->space);

	*limit = asked || !caller->info->limit ? asked : spare / 2;
	if (asked && asked <= ENV_FIXED_PAGES) {
		return E_INVAL;
	}
	return *limit > spare || (caller->info->limit && *limit <= ENV_FIXED_PAGES) ? E_LIMIT : OK;
}

int envcall_fork(struct env *caller)
{
	uint32_t operand = env_operand(caller), limit = 0;
	bool server = operand & ENV_FORK_SERVER;
	struct env *like, *child;
	int error;

	like = acted_on(caller, caller->tf.ebx, &error);
	if (!error && operand & ~ENV_FORK_SERVER) {
		error = E_INVAL;
	}
	if (!error && server && !caller->root) {
		error = E_PERM;
	}
	if (!error) {
		error = caller->slots == 0 ? E_LIMIT : choose_limit(caller, caller->tf.esi, &limit);
	}
	if (error) {
		return error;
	}
	env_evict(like);
	error = life_create(like, caller, server, &child);
	sched_wake(like);
	if (error == E_AGAIN && (server || !caller->root)) { /* else procmgr has others to serve */
		/* It begins anew, as after an eviction (sched/switch.c): others come between. */
		caller->tf.eip -= 2;
		caller->tf.edx -= 2; /* where sysexit goes */
		return (int)caller->tf.eax;
	}
	if (error) {
		return error;
	}
	child->info->limit = limit;
	if (caller->info->limit) {
		caller->info->limit -= limit;
		child->funded = FUNDED_PAGES;
	}
	child->slots = like->slots;
	if (caller->slots != ENV_SLOTS_ANY) {
		child->slots = (caller->slots - 1) / 2;
		caller->slots -= child->slots + 1;
		child->funded |= FUNDED_SLOTS;
	}
	return child->id;
}

int envcall_destroy(struct env *caller)
{
	int error;
	struct env *env = acted_on(caller, caller->tf.ebx, &error);
	uint32_t death[4] = {DEATH_KILLED, caller->tf.esi, 0, 0};

	if (error) {
		return error;
	}
	if (env == caller) {
		death[0] = DEATH_EXIT;
	}
	hook_event(env == caller ? EVENT_EXIT : EVENT_DESTROY, env, 0);
	life_destroy(env, death, env != caller);
	return OK;
}

/* ---- set ---- */

/* Whether env stands over `below`, or is it, by the field of records at `relation`: then `below`
 * cannot stand over env. */
static bool stands_over(const struct env *env, struct env *below, size_t relation)
{
	for (uint32_t i = 0; below && i < NENV; i++) {
		envid_t next = *(const envid_t *)((const char *)below->info + relation);

		if (below == env) {
			return true;
		}
		if (next == below->id || next == 0) {
			return false;
		}
		below = env_lookup(NULL, next);
	}
	return false;
}

/* A pager serves whom it was given by those who have a right to it. */
static int set_pager(struct env *caller, struct env *env, envid_t id)
{
	struct env *pager = env_lookup(NULL, id);

	if (id && !pager) {
		return E_BAD_ENV;
	}
	if (id && !env_may_act(caller, pager) && id != caller->info->pager && !caller->root &&
	    !pager->page->serve) {
		return E_PERM;
	}
	if (stands_over(env, pager, offsetof(struct env_info, pager))) {
		return E_INVAL;
	}
	env->info->pager = env->page->pager = id;
	faultcall_retry(env);
	return OK;
}

static int set_faults(struct env *env, uint32_t faults)
{
	if (faults > FAULTS_KERNEL || (faults == FAULTS_KERNEL && !kfault_page)) {
		return E_INVAL;
	}
	env->faults = env->page->fault_path = faults;
	faultcall_retry(env);
	return OK;
}

static int set_controller(struct env *caller, struct env *env, envid_t id)
{
	const size_t relation = offsetof(struct env_info, controller);
	struct env *heir = env_lookup(caller, id);
	bool over;

	if (!heir) {
		return E_BAD_ENV;
	}
	if (env == caller) {
		return E_PERM;
	}
	if (stands_over(env, heir, relation)) {
		return E_INVAL;
	}
	over = stands_over(heir, caller, relation);
	if (!stands_over(caller, heir, relation) && (heir->root || !over)) {
		return E_PERM; /* a stranger, who did not ask for it */
	}
	for (struct env *up = caller; over && up != heir;
	     up = env_lookup(NULL, up->info->controller)) {
		env->funded &= up->funded;
	}
	life_inherit(env, heir);
	caller->children--;
	return OK;
}

static int set_run(struct env *env, uint32_t run)
{
	if (run > 1) {
		return E_INVAL;
	}
	if (run) {
		state_start(env);
		sched_wake(env);
	} else {
		sched_stop(env);
	}
	return OK;
}

/* One step, so that nobody makes anything between the first one stopped and the last. */
static int halt_label(uint32_t label)
{
	if (!label) {
		return E_INVAL;
	}
	for (uint32_t i = 0; i < NENV; i++) {
		if (envs[i].life == LIFE_ALIVE && env_records[i].label == label) {
			sched_stop(&envs[i]);
		}
	}
	return OK;
}

int envcall_set(struct env *caller)
{
	enum {
		BY_ROOT = 1 << ENV_PAGER | 1 << ENV_RUN,
		BY_CONTROLLER = 1 << ENV_CONTROLLER | 1 << ENV_LIMIT | 1 << ENV_SLOTS |
		                1 << ENV_FAULT_US | 1 << ENV_LIMIT_DOWN,
	};
	uint32_t value = caller->tf.edi, field = caller->tf.esi, bit = field < 32 ? 1u << field : 0;
	struct env *env = env_lookup(caller, caller->tf.ebx);

	if (!env) {
		return E_BAD_ENV;
	}
	if (!(env_may_act(caller, env) || (caller->root && bit & BY_ROOT)) ||
	    (bit & BY_CONTROLLER && env->info->controller != caller->id) ||
	    (field == ENV_DEATHS && env != caller) || (field == ENV_HALT && !caller->root)) {
		return E_PERM;
	}
	switch (field) {
	case ENV_RUN: return set_run(env, value);
	case ENV_UPCALL: env->page->upcall = env->info->upcall = value; return OK;
	case ENV_XUPCALL: env->page->xupcall = value; return OK;
	case ENV_PAGER: return set_pager(caller, env, value);
	case ENV_CONTROLLER: return set_controller(caller, env, value);
	case ENV_LIMIT: return set_limit(caller, env, value);
	case ENV_LIMIT_DOWN:
		return value - 1 > env->info->limit - 1 ? E_PERM : set_limit(caller, env, value);
	case ENV_SLOTS: return set_slots(caller, env, value);
	case ENV_FAULTS: return set_faults(env, value);
	case ENV_FAULT_US:
		env->fault_us = value;
		deadline_changed(env);
		return OK;
	case ENV_HALT: return halt_label(value);
	case ENV_DEATHS: env->wants_deaths = value != 0; return OK;
	default: return E_INVAL;
	}
}

/* ---- registers ---- */

/* The words of struct env_regs, in its order, in a trap frame. */
#define PLACE(name) offsetof(struct trapframe, name) / 4
static const uint8_t reg_places[ENV_REGS_WORDS] = {
	PLACE(edi), PLACE(esi), PLACE(ebp), PLACE(ebx),    PLACE(edx),
	PLACE(ecx), PLACE(eax), PLACE(eip), PLACE(eflags), PLACE(esp)};
#undef PLACE

int envcall_regs(struct env *caller)
{
	uint32_t *regs = &caller->page->msg[3], set = caller->tf.esi;
	int error;
	struct env *env = acted_on(caller, caller->tf.ebx, &error);

	if (error || set > 1) {
		return error ? error : E_INVAL;
	}
	if (set && (env->info->waits || env == caller)) {
		return E_BUSY;
	}
	env_evict(env);
	env->tf.eflags = (env->tf.eflags | FL_IF) & ~(uint32_t)FL_RF; /* sysenter cleared IF */
	for (uint32_t i = 0; i < ENV_REGS_WORDS; i++) {
		uint32_t *reg = (uint32_t *)&env->tf + reg_places[i];

		*(set ? reg : &regs[i]) = *(set ? &regs[i] : reg);
	}
	if (set) {
		env->tf.vector = VEC_POKE; /* all of them count, as after an interrupt */
		env->tf.eflags &= FL_USER | FL_TF | FL_AC | FL_ID;
		env->tf.eflags |= FL_FIXED | FL_IF;
		state_on_resume(env, ON_RESUME_NOTHING);
	}
	sched_wake(env);
	return OK;
}

int envcall_reap(struct env *caller)
{
	const struct env *dead = list_owner(caller->dead.first, struct env, dead_node);

	if (!dead) {
		return E_NOT_FOUND;
	}
	caller->tf.ebx = dead->death[0];
	caller->tf.esi = dead->death[1];
	caller->tf.edi = dead->death[2];
	caller->tf.ebp = dead->death[3];
	if (env_operand(caller) & ENV_REAP_FAULTS) {
		copy_words((void *)&caller->page->msg[3], &dead->info->faults, FAULT_COUNTS_WORDS);
		caller->page->msg[3 + FAULT_COUNTS_WORDS] = dead->info->label;
	}
	return life_reap(caller);
}
