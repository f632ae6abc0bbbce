/* Life and death of envs.
 *
 * An env is destroyed in two steps. Death is at once: no CPU runs it, no queue, no IPC and no wheel
 * holds it, its id is unknown, its children have a new controller. Teardown of its space goes in
 * portions of SPACE_WORK entries: the first in the call that destroyed it, the rest by idle CPUs,
 * timer ticks, and whoever finds memory or slots exhausted. The slot is free after that, and after
 * its controller read the record if it asked for deaths. Guarded by the kernel lock. */
#include "kernel/life/life.h"

#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/ipc/ipc.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

static struct list dying;
uint32_t life_dying, life_past_runs;

/* ---- birth ---- */

/* Others may read the record meanwhile: see there. */
static void publish_record(struct env *env, envid_t parent, const struct env *controller,
                           envid_t pager)
{
	life_past_runs += env->info->runs;
	env->info->id = 0;
	asm volatile("" : : : "memory");
	*env->info = (struct env_info){.parent = parent,
	                               .controller = controller->id,
	                               .pager = pager,
	                               .pages = ENV_FIXED_PAGES,
	                               .label = controller->root ? controller->tf.edi
	                                                         : controller->info->label};
	state_born(env);
	asm volatile("" : : : "memory");
	env->info->id = env->page->id = env->id;
	env->page->parent = parent;
	env->page->controller = controller->id;
	env->page->pager = pager;
	env->page->sysenter = cpu_sysenter;
	env->page->record = UENVS + ENV_SLOT(env->id) * sizeof(struct env_info);
}

int life_create(struct env *like, struct env *controller, bool server, struct env **result)
{
	struct env *env;
	paddr_t page;
	int error;

	debug_assert(lock_held());
	env = env_slot_take(server);
	if (!env || !space_spares) { /* finishing with a dead space is less than making one */
		bool did = life_teardown_step();

		env = env ? env : env_slot_take(server);
		if (!env) {
			return did ? E_AGAIN : E_NO_ENV;
		}
	}
	env->space.use = server ? 0 : FRAME_RESERVE;
	do {
		error = space_init(&env->space, env_records, sizeof(env_records) / PGSIZE, &page);
	} while (error && life_reclaim());
	if (error) {
		env_slot_put_back(env);
		return error;
	}

	/* ---- commit: nothing below can fail ---- */
	env_slot_use(env);
	env->page = frame_low(page);
	env->space.cpu = this_cpu();
	debug_assert(!env->senders.first && !env->dead.first && !env->deadline);
	env->runner = (struct runner){0};
	env->root = env->wants_deaths = env->unreaped = false;
	env->nports = env->children = env->funded = env->pending = 0;
	env->bits_after = NULL;
	env->faults = env->page->fault_path = like ? like->faults : FAULTS_UPCALL;
	env->fault_us = like ? like->fault_us : 0;
	env->slots = ENV_SLOTS_ANY;
	switch_fpu_copy(env->fpu, like);
	env->page->fpu = like ? like->page->fpu : 0;
	env->tf = like ? like->tf : (struct trapframe){.eflags = FL_FIXED | FL_IF};
	if (!like || like == controller || (like->info->waits && !like->in_fault_call)) {
		env->tf.eax = 0; /* the result of the system call that it is in */
	}
	env->tf.cs = SEL_UCODE;
	env->tf.ss = SEL_UDATA;
	controller = controller ? controller : env;
	controller->children += controller != env;
	publish_record(env, like && !like->root ? like->id : 0, controller,
	               like ? like->info->pager : 0);
	hook_event(EVENT_NEW, env, env->info->parent);
	*result = env;
	return OK;
}

/* ---- death ---- */

bool life_teardown_step(void)
{
	struct env *env = list_owner(dying.first, struct env, slot_node);

	if (!env) {
		return false;
	}
	if (space_teardown(&env->space)) {
		list_pop(&dying);
		life_dying--;
		env->space.pgdir = NULL;
		if (!env->unreaped) {
			env_slot_free(env);
		}
	}
	return true;
}

bool life_reclaim(void)
{
	return life_teardown_step() || space_release_spare();
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
	struct env *dead = list_owner(controller->dead.first, struct env, dead_node);

	list_pop(&controller->dead);
	dead->unreaped = false;
	give_back(dead, controller);
	if (!dead->space.pgdir) {
		env_slot_free(dead);
	}
	return dead;
}

envid_t life_reap(struct env *controller)
{
	return drop_record(controller)->id;
}

void life_inherit(struct env *env, struct env *heir)
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
	for (uint32_t i = 0; env->children > 0 && i < NENV; i = env_next_slot(i)) {
		if (envs[i].life == LIFE_ALIVE && env_records[i].controller == env->id) {
			/* What was paid out of that was not paid by the heir. */
			envs[i].funded &= env->funded;
			life_inherit(&envs[i], heir);
			env->children--;
		}
	}
	assert(env->children == 0);
	while (env->dead.first) { /* it asked for deaths, and never read these */
		drop_record(env);
	}
}

/* The controller that asked keeps the record, and is told. */
static void keep_record(struct env *env, struct env *controller)
{
	env->unreaped = true;
	list_insert(&controller->dead, &env->dead_node, NULL);
	ipc_notify(controller, IPC_BIT_DEATH);
}

void life_destroy(struct env *env, const uint32_t death[4], bool by_controller)
{
	struct env *controller = env_lookup(NULL, env->info->controller);

	debug_assert(lock_held() && env->life == LIFE_ALIVE);
	if (env->root && controller == env) {
		panic("the first server died: cause %u, va 0x%08x, ip 0x%08x, code %u", death[0],
		      death[1], death[2], death[3]);
	}
	hook_event(EVENT_FREE, env, 0);
	sched_stop(env);
	runqueue_forget(&env->runner);
	clock_cancel(env);
	state_die(env);
	ipc_env_died(env);
	hand_children_over(env, controller);
	state_dead(env); /* who sees that may count on the above */
	controller->children--;
	for (int i = 0; i < 4; i++) {
		env->death[i] = death[i];
	}
	if (controller->wants_deaths && !by_controller) {
		keep_record(env, controller);
	} else {
		give_back(env, controller);
	}
	list_push(&dying, &env->slot_node);
	life_dying++;
	life_teardown_step();
}

INIT void life_init(void)
{
	space_reclaimer = life_reclaim;
}
