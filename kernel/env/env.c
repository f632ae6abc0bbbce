/* Envs: slots and ids. Guarded by the kernel lock. */
#include "kernel/env/env.h"

#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/machine/time.h"

enum {
	SERVER_SLOTS = 16, /* at the far end of the table, for servers only */
	GENERATION = 1 << ENV_GENSHIFT,
	BLOCK_TICKS = 1 << 18, /* 36 minutes */
};

struct env envs[NENV] __attribute__((aligned(16)));
struct env_info env_records[NENV] __attribute__((aligned(4096)));
_Static_assert(sizeof(env_records) % PGSIZE == 0, "whole pages are shown to user level");

/* Free slots, last freed first: [0] for everybody, [1] for servers. */
static struct list free_slots[2];
static uint32_t top; /* of the slots for everybody, those from here on were never used */
static struct list resting;
uint32_t env_used;

uint32_t env_next_slot(uint32_t slot)
{
	return slot + 1 == top ? NENV - SERVER_SLOTS : slot + 1;
}

static struct env *first_slot(const struct list *list)
{
	return list_owner(list->first, struct env, slot_node);
}

void env_slot_put_back(struct env *env)
{
	struct list *list = &free_slots[env >= &envs[NENV - SERVER_SLOTS]];

	list_push(list, &env->slot_node);
}

/* Whether the slot's next env begins another block of ids. */
static bool ends_block(const struct env *env)
{
	return env->id > INT32_MAX - GENERATION;
}

/* A slot that has used up a block of ids in less than BLOCK_TICKS rests until then. */
static bool must_rest(const struct env *env)
{
	return ends_block(env) && time_ticks() - env->since < BLOCK_TICKS;
}

/* Slots that have rested enough are free, the longest ones first. */
static void end_rests(void)
{
	struct env *env;

	while ((env = first_slot(&resting)) && !must_rest(env)) {
		list_pop(&resting);
		env_slot_put_back(env);
	}
}

INIT void env_init(void)
{
	for (int i = NENV - 1; i >= 0; i--) {
		envs[i].info = envs[i].space.info = &env_records[i];
		envs[i].space.env = &envs[i];
		env_slot_put_back(&envs[i]);
	}
}

struct env *env_lookup(struct env *caller, envid_t id)
{
	debug_assert(lock_held());
	return env_peek(caller, id);
}

static envid_t next_id(struct env *env)
{
	if (!ends_block(env)) {
		return (env->id ? env->id : env - envs) + GENERATION;
	}
	env->since = time_ticks();
	return ((env->id + (1 << ENV_BLOCKSHIFT)) & (GENERATION - 1)) | GENERATION;
}

struct env *env_slot_take(bool server)
{
	struct env *env;

	end_rests();
	env = first_slot(&free_slots[server]);
	if (env) {
		list_pop(&free_slots[server]);
	}
	return env;
}

void env_slot_use(struct env *env)
{
	uint32_t slot = env - envs;

	env_used++;
	env->id = next_id(env);
	if (slot >= top && slot < NENV - SERVER_SLOTS) {
		top = slot + 1;
	}
}

void env_slot_free(struct env *env)
{
	state_free(env);
	env_used--;
	if (must_rest(env)) {
		list_insert(&resting, &env->slot_node, NULL);
	} else {
		env_slot_put_back(env);
	}
}

void env_evict(struct env *env)
{
	if (env->life == LIFE_ALIVE && env->space.cpu->env == env && env->space.cpu != this_cpu()) {
		cpu_ask(env->space.cpu, CPU_EVICT);
	}
}
