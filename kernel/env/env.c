/* Envs: slots, ids, life and death, authority.
 *
 * An env is destroyed in two steps. Death is at once: no CPU runs it, no queue, no IPC and no
 * wheel holds it, its id is unknown, its children have a new controller. Teardown of its space goes
 * in portions of SPACE_WORK entries: the first in the call that destroyed it, the rest by idle CPUs,
 * timer ticks, and whoever finds memory or slots exhausted. The slot is free after that, and
 * after its controller read the record if it asked for deaths. Guarded by the kernel lock. */
#include "kernel/env/env.h"

#include "kernel/sched/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/ipc/ipc.h"
#include "kernel/cpu/lock.h"
#include "kernel/sched/sched.h"
#include "kernel/base/section.h"

enum {
	SERVER_SLOTS = 16, /* at the far end of the table, for servers only */
	GENERATION = 1 << ENV_GENSHIFT,
	BLOCK_TICKS = 1 << 18, /* 36 minutes */
};

struct env envs[NENV] __attribute__((aligned(16)));
struct env_info env_records[NENV] __attribute__((aligned(4096)));
_Static_assert(sizeof(env_records) % PGSIZE == 0, "whole pages are shown to user level");

/* Free slots, last freed first: [0] for everybody, [1] for servers. */
static struct env *free_heads[2];
static uint32_t top; /* of the slots for everybody, those from here on were never used */
static struct env *resting_head, *resting_tail;
static struct env *dying_head;
uint32_t env_used, env_dying, env_past_runs;
hook_fn *hook;

/* The next slot that may be in use, NENV: none. */
static uint32_t next_slot(uint32_t slot)
{
	return slot + 1 == top ? NENV - SERVER_SLOTS : slot + 1;
}

static struct env **free_list_of(const struct env *env)
{
	return &free_heads[env >= &envs[NENV - SERVER_SLOTS]];
}

static void push_free(struct env *env)
{
	env->list_next = *free_list_of(env);
	*free_list_of(env) = env;
}

static uint32_t now(void)
{
	return clock_us() >> TICK_SHIFT;
}

/* Whether the slot's next env begins another block of ids. */
static bool ends_block(const struct env *env)
{
	return env->id > INT32_MAX - GENERATION;
}

/* A slot that has used up a block of ids in less than BLOCK_TICKS rests until then. */
static bool rests(const struct env *env)
{
	return ends_block(env) && now() - env->since < BLOCK_TICKS;
}

/* Slots that have rested enough are free, the longest ones first. */
static void end_rests(void)
{
	while (resting_head && !rests(resting_head)) {
		struct env *env = resting_head;

		resting_head = env->list_next;
		push_free(env);
	}
}

INIT void env_init(void)
{
	for (int i = NENV - 1; i >= 0; i--) {
		envs[i].info = envs[i].space.info = &env_records[i];
		push_free(&envs[i]);
	}
}

struct env *env_lookup(struct env *caller, envid_t id)
{
	debug_assert(lock_held());
	return env_peek(caller, id);
}

/* ---- birth ---- */

/* Others may read the record meanwhile: see there. */
static void publish(struct env *env, envid_t parent, const struct env *controller, envid_t pager)
{
	env_past_runs += env->info->runs;
	env->info->id = 0;
	asm volatile("" : : : "memory");
	*env->info = (struct env_info){.parent = parent,
	                               .status = ENV_NOT_RUNNABLE,
	                               .controller = controller->id,
	                               .pager = pager,
	                               .pages = ENV_FIXED_PAGES,
	                               .label = controller->root ? controller->tf.edi
	                                                         : controller->info->label};
	asm volatile("" : : : "memory");
	env->info->id = env->page->id = env->id;
	env->page->parent = parent;
	env->page->controller = controller->id;
	env->page->pager = pager;
	env->page->sysenter = cpu_sysenter;
	env->page->record = UENVS + ENV_SLOT(env->id) * sizeof(struct env_info);
}

static envid_t next_id(struct env *env)
{
	if (!ends_block(env)) {
		return (env->id ? env->id : env - envs) + GENERATION;
	}
	env->since = now();
	return ((env->id + (1 << ENV_BLOCKSHIFT)) & (GENERATION - 1)) | GENERATION;
}

int env_create(struct env *like, struct env *controller, bool server, struct env **result)
{
	struct env *env;
	paddr_t page;
	int error;

	debug_assert(lock_held());
	if (!space_spares) { /* finishing with a dead space is less work than making a new one */
		env_teardown_step();
	}
	end_rests();
	while (!free_heads[server] && env_teardown_step()) {}
	env = free_heads[server];
	if (!env) {
		return E_NO_ENV;
	}
	free_heads[server] = env->list_next; /* now, for teardown adds to the list */
	env->space.use = server ? 0 : FRAME_RESERVE;
	do {
		error = space_init(&env->space, &page);
	} while (error && env_reclaim());
	if (error) {
		push_free(env);
		return error;
	}

	/* ---- commit: nothing below can fail ---- */
	env_used++;
	env->id = next_id(env);
	if (!server && ENV_SLOT(env->id) >= top) {
		top = ENV_SLOT(env->id) + 1;
	}
	env->life = LIFE_ALIVE;
	env->page = frame_low(page);
	env->cpu = this_cpu();
	fill_words(&env->nports, 0, (offsetof(struct env, fpu) - offsetof(struct env, nports)) / 4);
	env->stopped = true;
	env->hears = HEARS_NOBODY;
	env->faults = env->page->fault_path = like ? like->faults : FAULTS_UPCALL;
	env->fault_us = like ? like->fault_us : 0;
	env->slots = ENV_SLOTS_ANY;
	cpu_fpu_copy(env->fpu, like);
	env->page->fpu = like ? like->page->fpu : 0;
	env->tf = like ? like->tf : (struct trapframe){.eflags = FL_FIXED | FL_IF};
	if (!like || like == controller || (like->info->waits && !like->faulting)) {
		env->tf.eax = 0; /* the result of the system call that it is in */
	}
	env->tf.cs = SEL_UCODE;
	env->tf.ss = SEL_UDATA;
	controller = controller ? controller : env;
	controller->children += controller != env;
	publish(env, like && !like->root ? like->id : 0, controller, like ? like->info->pager : 0);
	hook_event(EVENT_NEW, env, env->info->parent);
	*result = env;
	return OK;
}

/* ---- stopping and starting ---- */

void env_evict(struct env *env)
{
	if (env->life == LIFE_ALIVE && env->cpu->env == env && env->cpu != this_cpu()) {
		cpu_ask(env->cpu, CPU_EVICT);
	}
}

void env_wake(struct env *env)
{
	if (!env->stopped && !env->info->waits && !env->runner.on && env->cpu->env != env) {
		sched_enqueue(env);
	}
}

void env_stop(struct env *env)
{
	env->stopped = true;
	env->hears = HEARS_NOBODY;
	env_evict(env);
	if (env->cpu->env == env) {
		cpu_leave(env->cpu); /* the caller itself */
	}
	runqueue_remove(&env->runner);
	env->info->status = ENV_NOT_RUNNABLE;
}

/* ---- death ---- */

static void free_slot(struct env *env)
{
	env->life = LIFE_FREE;
	env->info->status = ENV_FREE;
	env_used--;
	if (rests(env)) {
		env->list_next = NULL;
		*(resting_head ? &resting_tail->list_next : &resting_head) = env;
		resting_tail = env;
	} else {
		push_free(env);
	}
}

bool env_teardown_step(void)
{
	struct env *env = dying_head;

	if (!env) {
		return false;
	}
	if (space_teardown(&env->space)) {
		dying_head = env->list_next;
		env_dying--;
		env->space.pgdir = NULL;
		if (!env->unreaped) {
			free_slot(env);
		}
	}
	return true;
}

bool env_reclaim(void)
{
	return env_teardown_step() || space_release_spare();
}

static void add_faults(struct fault_counts *sum, const struct fault_counts *more)
{
	for (uint32_t i = 0; i < offsetof(struct fault_counts, spent) / 4; i++) {
		((uint32_t *)sum)[i] += ((const uint32_t *)more)[i];
	}
	for (uint32_t i = 0; i < 3; i++) {
		sum->spent[i] += more->spent[i];
	}
}

/* What a dead env was given goes back to whom it came from, or to who is in its place; who forks by
 * itself so has the counts of its family. */
static void give_back(const struct env *env, struct env *controller)
{
	if (!controller->root) {
		add_faults(&controller->info->faults, &env->info->faults);
	}
	if (controller->info->limit && env->funded & FUNDED_PAGES) {
		controller->info->limit += env->info->limit;
	}
	if (controller->slots != ENV_SLOTS_ANY && env->funded & FUNDED_SLOTS) {
		controller->slots += env->slots + 1;
	}
}

/* Drops the first of the controller's dead records. */
static struct env *drop_record(struct env *controller)
{
	struct env *dead = controller->dead_head;

	controller->dead_head = dead->dead_next;
	dead->unreaped = false;
	give_back(dead, controller);
	if (!dead->space.pgdir) {
		free_slot(dead);
	}
	return dead;
}

envid_t env_reap(struct env *controller)
{
	return drop_record(controller)->id;
}

void env_inherit(struct env *env, struct env *heir)
{
	env->info->controller = env->page->controller = heir->id;
	env->funded &= (heir->info->limit ? FUNDED_PAGES : 0) |
	               (heir->slots != ENV_SLOTS_ANY ? FUNDED_SLOTS : 0);
	heir->children++;
	if (heir->wants_deaths) {
		ipc_notify(heir, IPC_BIT_HEIR);
	}
}

/* Envs that `env` controlled are now its controller's. */
static void hand_children_over(struct env *env, struct env *heir)
{
	for (uint32_t i = 0; env->children > 0 && i < NENV; i = next_slot(i)) {
		if (envs[i].life == LIFE_ALIVE && env_records[i].controller == env->id) {
			envs[i].funded &=
				env->funded; /* what was paid out of that was not paid by the heir */
			env_inherit(&envs[i], heir);
			env->children--;
		}
	}
	assert(env->children == 0);
	while (env->dead_head) { /* it asked for deaths, and never read these */
		drop_record(env);
	}
}

/* The controller that asked keeps the record, and is told. */
static void keep_record(struct env *env, struct env *controller)
{
	env->unreaped = true;
	env->dead_next = NULL;
	if (controller->dead_head) {
		controller->dead_tail->dead_next = env;
	} else {
		controller->dead_head = env;
	}
	controller->dead_tail = env;
	ipc_notify(controller, IPC_BIT_DEATH);
}

void env_each_awaiting(const struct env *env, void (*fn)(struct env *, int))
{
	for (uint32_t i = 0; i < NENV; i = next_slot(i)) {
		struct env *other = &envs[i];

		if (other->life == LIFE_ALIVE && other->info->waits == WAITS_TO_RECEIVE &&
		    other->info->partner == env->id && other != env) {
			fn(other, E_DEAD);
		}
	}
}

void env_destroy(struct env *env, const uint32_t death[4], bool by_controller)
{
	struct env *controller = env_lookup(NULL, env->info->controller);

	debug_assert(lock_held() && env->life == LIFE_ALIVE);
	if (env->root && controller == env) {
		panic("the first server died: cause %u, va 0x%08x, ip 0x%08x, code %u", death[0],
		      death[1], death[2], death[3]);
	}
	hook_event(EVENT_FREE, env, 0);
	env_stop(env);
	runqueue_forget(&env->runner);
	clock_cancel(env);
	env->life = LIFE_DEAD;
	ipc_env_died(env);
	hand_children_over(env, controller);
	env->info->status = ENV_DYING; /* who sees that may count on the above */
	controller->children--;
	for (int i = 0; i < 4; i++) {
		env->death[i] = death[i];
	}
	if (controller->wants_deaths && !by_controller) {
		keep_record(env, controller);
	} else {
		give_back(env, controller);
	}
	env->list_next = dying_head;
	dying_head = env;
	env_dying++;
	env_teardown_step();
}
