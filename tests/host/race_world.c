/* Envs with scripts. The words of a message: a stamp that no other message has, who says to have
 * sent it, and the stamp
 * again, complemented; word 3 is the stamp, too. The answer to stamp s is s | IS_ANSWER. */
#include "tests/host/race_world.h"

#include "kernel/env/state.h"
#include "kernel/ipc/ipc.h"
#include "kernel/life/life.h"
#include "kernel/sched/clock.h"
#include "kernel/sched/sched.h"

#include <string.h>

enum {
	IS_ANSWER = 0x40000000,
	STAMPS = 256,
	IDS = 64,
	ENTRY_BYTES = 2, /* of `int` */
	NWORDS = 4,
};

/* A message that was sent. */
struct stamp {
	envid_t from, to;
	uint32_t heard;
	bool failed, succeeded, answered;
};

struct actor {
	envid_t id; /* of its only env; 0: none yet */
	const struct action *script;
	uint32_t pc;
	envid_t partner; /* whom it is about */
	bool entered;    /* the call of script[pc] was made */
	uint32_t stamp;
	uint64_t since;         /* when it was made */
	uint32_t ticks;         /* timer interrupts while it calculates */
	uint32_t raised, heard; /* bits */
	bool page_there;
	/* SERVE */
	envid_t client;
	uint32_t asked;
};

static const struct scenario *scenario;
static struct actor actors[ACTORS];
static struct stamp stamps[STAMPS];
static uint32_t nstamps;
static envid_t ids[IDS]; /* all that ever were */
static uint32_t nids;
static struct trapframe last[NENV]; /* of the dead: their registers when they died */
static bool was_dead[NENV];

static const char *const op_names[] = {
	"done",  "send",    "call",  "receive", "listen", "answer",   "serve",     "notify",
	"await", "destroy", "stop",  "start",   "yield",  "yield_to", "calculate", "unmap",
	"fork",  "fault",   "pager", "regs",    "weight", "sleep"};

static struct actor *actor_of(envid_t id)
{
	for (uint32_t i = 0; i < ACTORS; i++) {
		if (actors[i].id == id && id) {
			return &actors[i];
		}
	}
	race_fail("env %x is nobody's", id);
	return NULL;
}

static bool lives(envid_t id)
{
	return envs[ENV_SLOT(id)].life == LIFE_ALIVE && envs[ENV_SLOT(id)].id == id;
}

static uint32_t number(const struct actor *actor)
{
	return actor - actors;
}

/* ---- entries ---- */

/* The bounds of waits are in the env page. */
static void bound(struct env *env, uint32_t us)
{
	env->page->send_us = env->page->recv_us = us;
}

static void ipc(struct env *env, uint32_t flags, envid_t partner)
{
	env->tf.eax = SYS_IPC | (flags & ~GATE_INT);
	env->tf.ebx = partner;
}

/* The words of a new message to `to`. */
static void stamp(struct actor *actor, struct env *env, envid_t to)
{
	uint32_t n = ++nstamps;

	if (n == STAMPS) {
		race_fail("too many messages");
	}
	stamps[n] = (struct stamp){.from = env->id, .to = to};
	actor->stamp = n;
	env->tf.esi = n;
	env->tf.edi = env->id;
	env->tf.ebp = ~n;
	env->page->msg[3] = n;
}

static void call(struct env *env, enum syscall number, envid_t of, uint32_t esi, uint32_t edi)
{
	env->tf.eax = number;
	env->tf.ebx = of;
	env->tf.esi = esi;
	env->tf.edi = edi;
}

/* The answer to who asked last, if anybody did. */
static void load_reply(struct actor *actor, struct env *env, uint32_t receive)
{
	ipc(env, IPC_SEND | IPC_REPLY | receive | IPC_WORDS(3), actor->client);
	env->tf.esi = actor->asked ? actor->asked | IS_ANSWER : 0;
	env->tf.edi = env->id;
	env->tf.ebp = ~env->tf.esi;
	if (actor->client && actor->asked) {
		stamps[actor->asked].answered = true;
	}
}

static void load(struct actor *actor, struct env *env, const struct action *action)
{
	envid_t who = actors[action->who].id;

	actor->partner = who;
	bound(env, action->arg);
	switch (action->op) {
	case DONE: ipc(env, IPC_RECV, env->id); break;
	case SEND:
		ipc(env, IPC_SEND | IPC_WORDS(NWORDS) | action->flags, who);
		stamp(actor, env, who);
		break;
	case CALL:
		ipc(env, IPC_SEND | IPC_RECV | IPC_WORDS(NWORDS) | action->flags, who);
		stamp(actor, env, who);
		break;
	case RECEIVE:
	case AWAIT: ipc(env, IPC_RECV | action->flags, 0); break;
	case LISTEN: ipc(env, IPC_RECV | action->flags, who); break;
	case ANSWER: load_reply(actor, env, 0); break;
	case SERVE: load_reply(actor, env, IPC_RECV); break;
	case NOTIFY:
		call(env, SYS_NOTIFY, who, 0x10000u << action->arg, 0);
		if (lives(who)) { /* when the call is made it may not */
			actors[action->who].raised |= 0x10000u << action->arg;
		}
		break;
	case DESTROY: call(env, SYS_ENV_DESTROY, who, 0, 0); break;
	case STOP: call(env, SYS_ENV_SET, who, ENV_RUN, 0); break;
	case START: call(env, SYS_ENV_SET, who, ENV_RUN, 1); break;
	case YIELD: call(env, SYS_YIELD, 0, 0, 0); break;
	case YIELD_TO: call(env, SYS_HINT | HINT_YIELD_TO << 8, who, 0, 0); break;
	case WEIGHT: call(env, SYS_HINT | HINT_WEIGHT << 8, who, action->arg, 1000); break;
	case UNMAP: call(env, SYS_PAGE_UNMAP, who, UTEXT, 0); break;
	case FORK: call(env, SYS_ENV_FORK, 0, 0, 0); break;
	case PAGER: call(env, SYS_ENV_SET, who, ENV_PAGER, actors[action->arg].id); break;
	case REGS: call(env, SYS_ENV_REGS, who, 0, 0); break;
	case SLEEP: ipc(env, IPC_RECV | IPC_RECV_TIMEOUT, env->id); break;
	case CALCULATE:
	case FAULT: break;
	}
}

/* ---- results ---- */

static bool is_late(const struct actor *actor, const struct action *action)
{
	return race_tsc - actor->since >= (uint64_t)action->arg * time_tsc_per_ms / 1000;
}

/* An error of an IPC must have its reason. */
static void check_error(const struct actor *actor, const struct action *action, int error)
{
	uint32_t bounded = IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT | IPC_FAULT_CALL;
	bool dead = !lives(actor->partner);

	if ((error == E_DEAD || error == E_BAD_ENV) && dead) {
		return;
	}
	if (error == E_TIMEOUT && action->flags & bounded && is_late(actor, action)) {
		return;
	}
	if (error == E_NOT_WAITING && action->flags & (IPC_SEND_NOWAIT | IPC_RECV_NOWAIT)) {
		return;
	}
	race_fail("actor %u: %s fails with %d, for no reason", number(actor), op_names[action->op],
	          error);
}

/* A message stands in the registers. */
static void heard(struct actor *actor, const struct env *env)
{
	uint32_t n = env->tf.esi;
	struct stamp *stamp = &stamps[n < STAMPS ? n : 0];

	if (n == 0 || n > nstamps || env->tf.ebp != ~n || env->page->msg[3] != n) {
		race_fail("actor %u hears nonsense: %x %x %x, %x", number(actor), n, env->tf.edi,
		          env->tf.ebp, env->page->msg[3]);
	}
	if (stamp->to != env->id || (envid_t)env->tf.ebx != stamp->from) {
		race_fail("actor %u hears message %u from %x, which %x sent to %x", number(actor),
		          n, env->tf.ebx, stamp->from, stamp->to);
	}
	if (stamp->heard++ || stamp->failed) {
		race_fail("message %u is heard %s", n, stamp->failed ? "and was refused" : "twice");
	}
}

/* A receive from anyone has come back. */
static void received(struct actor *actor, struct env *env)
{
	if ((envid_t)env->tf.ebx == 0) {
		if (!env->tf.esi || env->tf.esi & ~actor->raised) {
			race_fail("actor %u hears bits %x, of %x", number(actor), env->tf.esi,
			          actor->raised);
		}
		actor->heard |= env->tf.esi;
		actor->client = actor->asked = 0;
	} else if (env->tf.esi & FAULT_OP && env->tf.eax == FAULT_WORDS) {
		actor->client = env->tf.ebx;
		actor->asked = 0;
		actor_of(env->tf.ebx)->page_there = true;
	} else {
		heard(actor, env);
		actor->client = env->tf.ebx;
		actor->asked = env->tf.esi;
	}
}

/* The sender is told that its message went. */
static void sent(struct actor *actor)
{
	struct stamp *stamp = &stamps[actor->stamp];
	const struct env *to = &envs[ENV_SLOT(stamp->to)];

	stamp->succeeded = true;
	if (lives(stamp->to) && !stamp->heard && (to->info->waits || to->tf.esi != actor->stamp)) {
		race_fail("message %u of actor %u is lost", actor->stamp, number(actor));
	}
}

static void not_sent(struct actor *actor)
{
	struct stamp *stamp = &stamps[actor->stamp];

	stamp->failed = true;
	if (stamp->heard) {
		race_fail("message %u of actor %u was heard, and is refused", actor->stamp,
		          number(actor));
	}
}

static void called(struct actor *actor, const struct action *action, const struct env *env)
{
	struct stamp *stamp = &stamps[actor->stamp];

	if ((int)env->tf.eax < 0) {
		check_error(actor, action, env->tf.eax);
		if (env->tf.eax == (uint32_t)E_BAD_ENV || env->tf.eax == (uint32_t)E_NOT_WAITING) {
			not_sent(actor);
		}
		return;
	}
	if ((envid_t)env->tf.ebx != stamp->to || env->tf.esi != (actor->stamp | IS_ANSWER) ||
	    env->tf.ebp != ~env->tf.esi || stamp->heard != 1 || !stamp->answered) {
		race_fail("actor %u asked %x with %u, and %x answers %x %x", number(actor),
		          stamp->to, actor->stamp, env->tf.ebx, env->tf.esi, env->tf.ebp);
	}
}

static void note_id(envid_t id)
{
	for (uint32_t i = 0; i < nids; i++) {
		if (ids[i] == id) {
			race_fail("id %x was another's", id);
		}
	}
	ids[nids++] = id;
}

/* The copy is the caller's, with another script. */
static void forked(const struct action *action, const struct env *env)
{
	struct actor *child = &actors[action->who];
	struct env *copy = &envs[ENV_SLOT(env->tf.eax)];

	if ((int)env->tf.eax < 0) {
		race_fail("no fork: %d", (int)env->tf.eax);
	}
	note_id(env->tf.eax);
	*child = (struct actor){.id = env->tf.eax, .script = scenario->scripts[action->arg]};
	copy->tf.eip = 0;
}

/* What the call of this action came to; the next action is at actor->pc. */
static void result(struct actor *actor, struct env *env)
{
	const struct action *action = &actor->script[actor->pc++];
	int eax = env->tf.eax;

	race_say("actor %u: %s -> %d (%x %x)", number(actor), op_names[action->op], eax,
	         env->tf.ebx, env->tf.esi);
	switch (action->op) {
	case SEND:
		if (eax < 0) {
			check_error(actor, action, eax);
			not_sent(actor);
		} else {
			sent(actor);
		}
		break;
	case CALL: called(actor, action, env); break;
	case RECEIVE:
	case LISTEN:
	case AWAIT:
	case SERVE:
		if (eax < 0) {
			check_error(actor, action, eax);
		} else {
			received(actor, env);
		}
		actor->pc -=
			action->op == SERVE ||
			(action->op == AWAIT && (actor->heard >> 16 & action->arg) != action->arg);
		break;
	case ANSWER:
		if (eax < 0 && eax != E_NOT_WAITING) {
			race_fail("actor %u: an answer fails with %d", number(actor), eax);
		}
		break;
	case FORK: forked(action, env); break;
	case SLEEP:
		if (eax != E_TIMEOUT || !is_late(actor, action)) {
			race_fail("actor %u sleeps, and wakes early, or with %d", number(actor),
			          eax);
		}
		break;
	case DONE: race_fail("actor %u is done, and goes on with %d", number(actor), eax);
	case NOTIFY:
	case DESTROY:
	case STOP:
	case START:
	case UNMAP:
	case REGS:
	case PAGER:
		if (eax < 0 && !(eax == E_BAD_ENV && !lives(actor->partner))) {
			race_fail("actor %u: %s fails with %d", number(actor), op_names[action->op],
			          eax);
		}
		break;
	default: break;
	}
}

/* ---- the actors ---- */

bool world_acts(const struct env *env)
{
	struct actor *actor = actor_of(env->id);
	const struct action *action = &actor->script[actor->pc];

	return action->op != CALCULATE || actor->entered || actor->ticks >= action->arg;
}

void world_tick(struct env *env)
{
	struct actor *actor = actor_of(env->id);

	actor->ticks += actor->script[actor->pc].op == CALCULATE;
}

uint32_t world_act(struct env *env)
{
	struct actor *actor = actor_of(env->id);
	const struct action *action;

	if (actor->entered && env->tf.eip == actor->pc * ENTRY_BYTES + ENTRY_BYTES) {
		actor->entered = false;
		result(actor, env);
		env->tf.eip = actor->pc * ENTRY_BYTES;
	}
	action = &actor->script[actor->pc];
	if (env->tf.eip != actor->pc * ENTRY_BYTES) {
		race_fail("actor %u stands at %x, not at %x", number(actor), env->tf.eip,
		          actor->pc * ENTRY_BYTES);
	}
	if (action->op == CALCULATE || (action->op == FAULT && actor->page_there)) {
		if (action->op == FAULT || actor->ticks >= action->arg) {
			actor->ticks = 0;
			actor->page_there = false;
			env->tf.eip = ++actor->pc * ENTRY_BYTES;
		}
		return 0;
	}
	race_say("actor %u: %s %u", number(actor), op_names[action->op], action->who);
	if (action->op == FAULT) {
		return VEC_PAGE_FAULT;
	}
	/* else it was evicted before its call began, and its registers hold it */
	if (!actor->entered) {
		load(actor, env, action);
		actor->entered = true;
		actor->since = race_tsc;
	}
	env->tf.eip += ENTRY_BYTES;
	return action->flags & GATE_INT ? SYSCALL_VECTOR : VEC_SYSENTER;
}

/* ---- what must hold whenever the lock is free ---- */

static void check_rings(void)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		const struct runqueue *queue = &runqueues[i];
		const struct runner *before = &queue->ring;
		uint32_t n = 0;

		for (const struct runner *at = before->next; at != &queue->ring; at = at->next) {
			if (at->prev != before || n > NENV ||
			    (at != &queue->ghost && at->on != queue)) {
				race_fail("the ring of CPU %u is broken", i);
			}
			before = at;
			n += at != &queue->ghost;
		}
		if (n != queue->queued || queue->ring.prev != before) {
			race_fail("the ring of CPU %u has %u, and counts %u", i, n, queue->queued);
		}
		if (n + (queue->owner || runqueue_idle & queue->bit) > 1 && runqueue_idle &&
		    !scenario->publishes) {
			race_fail("an env is in the queue of CPU %u, and a CPU is idle", i);
		}
		if (queue->breaches) {
			race_fail("a wait on CPU %u broke the bound", i);
		}
	}
}

static void check_place(const struct env *env)
{
	uint32_t places = env->runner.on != NULL;
	bool ready = env->life == LIFE_ALIVE && !env->stopped && !env->info->waits;

	for (uint32_t i = 0; i < cpu_count; i++) {
		places += cpus[i].env == env;
		if (cpus[i].env == env && env->space.cpu != &cpus[i]) {
			race_fail("env %x runs on CPU %u, and does not know", env->id, i);
		}
	}
	if (places != ready) {
		race_fail("env %x is in %u places (life %u, stopped %u, waits %u)", env->id, places,
		          env->life, env->stopped, env->info->waits);
	}
}

static void check_waits(const struct env *env)
{
	const struct env *partner = env_peek(NULL, env->info->partner);
	uint32_t found = 0;

	if (env->info->waits && env->info->partner && !partner) {
		race_fail("env %x waits for the dead", env->id);
	}
	for (uint32_t i = 0; i < ACTORS; i++) {
		const struct list_node *before = NULL;

		for (const struct list_node *at = envs[i].senders.first; at; at = at->next) {
			if (at->prev != before) {
				race_fail("the senders of env %x are broken", envs[i].id);
			}
			if (at == &env->sender_node && &envs[i] != partner) {
				race_fail("env %x is in the queue of %x", env->id, envs[i].id);
			}
			found += at == &env->sender_node;
			before = at;
		}
	}
	if (found != (env->info->waits == WAITS_TO_SEND)) {
		race_fail("env %x is in %u queues of senders", env->id, found);
	}
	if (env->fast_partner != FAST_NOBODY &&
	    (env->info->waits != WAITS_TO_RECEIVE || env->stopped || env->deadline ||
	     env->in_fault_call || env->fast_partner != env->info->partner)) {
		race_fail("the fast path to env %x is open for %x", env->id, env->fast_partner);
	}
	if (env->deadline && !env->info->waits) {
		race_fail("env %x has a time-out, and does not wait", env->id);
	}
	if (env->bits_after &&
	    (!env->pending ||
	     list_owner(env->bits_after, struct env, sender_node)->info->waits != WAITS_TO_SEND)) {
		race_fail("the bits of env %x wait for nobody", env->id);
	}
}

static void check_dead(const struct env *env, uint32_t slot)
{
	const struct trapframe *was = &last[slot];

	if (!was_dead[slot]) {
		was_dead[slot] = true;
		last[slot] = env->tf;
	}
	if (env->tf.ebx != was->ebx || env->tf.esi != was->esi || env->tf.edi != was->edi ||
	    env->tf.ebp != was->ebp) {
		race_fail("env %x is dead, and its registers change", env->id);
	}
}

void world_check(void)
{
	check_rings();
	for (uint32_t i = 0; i < ACTORS; i++) { /* more slots were never used */
		const struct env *env = &envs[i];

		if (env->life == LIFE_FREE && !env->id) {
			continue;
		}
		check_place(env);
		if (env->life == LIFE_ALIVE) {
			was_dead[i] = false;
			check_waits(env);
		} else {
			check_dead(env, i);
		}
	}
	for (uint32_t i = 0; i < cpu_count; i++) {
		uint32_t cr3 = cpus[i].env ? cpus[i].env->space.cr3 : 0;

		if (race_sides[i].cr3 != cr3) {
			race_fail("CPU %u has directory %x, and not %x", i, race_sides[i].cr3, cr3);
		}
	}
}

/* ---- the end ---- */

void world_check_end(void)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (race_sides[i].mode == RACE_KERNEL) {
			race_fail("CPU %u waits for ever in the kernel%s", i,
			          race_sides[i].waits ? ", halted" : "");
		}
	}
	for (uint32_t i = 0; i < ACTORS; i++) {
		const struct actor *actor = &actors[i];
		const struct action *action = &actor->script[actor->pc];
		const struct env *env = &envs[ENV_SLOT(actor->id)];

		if (!actor->id || !lives(actor->id)) {
			continue;
		}
		if (env->stopped) {
			continue;
		}
		if ((action->op != DONE && action->op != SERVE) || !env->info->waits) {
			race_fail("actor %u stays in %s for ever", i, op_names[action->op]);
		}
		if (action->op == SERVE && (env->senders.first || env->pending)) {
			race_fail("actor %u waits, and somebody for it", i);
		}
		if (actor->raised & ~actor->heard & ~env->pending) {
			race_fail("bits %x of actor %u are lost", actor->raised, i);
		}
	}
}

/* ---- the start ---- */

static void make_actor(uint32_t i)
{
	struct env *env, *controller = i ? &envs[ENV_SLOT(actors[0].id)] : NULL;

	if (life_create(NULL, controller, false, &env)) {
		race_fail("no env for actor %u", i);
	}
	state_start(env);
	env->page->notify = IPC_BITS_USER;
	env->info->pager = scenario->paths >> i & 1 ? actors[0].id : 0;
	env->faults = scenario->paths >> i & 1 ? FAULTS_IPC : FAULTS_UPCALL;
	env->fault_us = scenario->fault_us;
	actors[i] = (struct actor){.id = env->id, .script = scenario->scripts[i]};
	note_id(env->id);
}

void world_start(const struct scenario *what)
{
	scenario = what;
	race_machine_start(what->cpus);
	lock_acquire(race_cpu);
	for (uint32_t i = 0; i < what->actors; i++) {
		make_actor(i);
	}
	for (uint32_t i = 0; i < what->actors; i++) {
		sched_wake(&envs[ENV_SLOT(actors[i].id)]);
	}
	lock_release();
}
