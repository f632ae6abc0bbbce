/* Scheduler hints: who may give which, to whom. What they do is up to runqueue.c. Each is O(1), and
 * what cannot be is ignored and counted. What nobody limits (nonsense, queries) takes no lock. */
#include "kernel/call/hint.h"
#include "kernel/env/state.h"
#include "kernel/machine/time.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/switch.h"

static bool is_valid(enum hint kind, uint32_t value)
{
	switch (kind) {
	case HINT_WEIGHT: return value >= 1 && value <= HINT_WEIGHT_MAX;
	case HINT_CPU:
	case HINT_QUERY_CPU: return value < cpu_count;
	case HINT_NEXT: return value == 1;
	default: return kind == HINT_YIELD_TO || kind == HINT_QUERY;
	}
}

/* Oneself may lower a weight, but not make it last longer, and prefer a CPU. False: ignored. */
static bool give_hint(const struct env *caller, struct env *env, enum hint kind, uint32_t value,
                      uint32_t ms)
{
	struct runner *runner = &env->runner;
	uint32_t most = ms < HINT_MS_MAX ? ms : HINT_MS_MAX;
	uint32_t ages = ((uint64_t)most * time_tsc_per_ms >> AGE_SHIFT) + 1;

	if (env->info->controller != caller->id) {
		uint32_t left = runner->until[HINT_WEIGHT] - runqueue_age;

		if (env != caller || kind == HINT_NEXT ||
		    (kind == HINT_WEIGHT && value >= runqueue_hinted(runner, kind))) {
			return false;
		}
		ages = kind == HINT_WEIGHT && left < ages ? left : ages;
	}
	runner->hint[kind] = value + (kind == HINT_CPU);
	runner->until[kind] = runqueue_age + ages;
	return kind != HINT_NEXT || !runner->on || runqueue_advance(runner);
}

/* Reads without the lock: of a hint just given the old value or the new; of an env that dies
 * meanwhile, anything. */
static int query_env(struct env *caller, const struct runner *runner)
{
	caller->tf.ebx = runqueue_hinted(runner, HINT_WEIGHT) |
	                 runqueue_hinted(runner, HINT_CPU) << 8 |
	                 runqueue_hinted(runner, HINT_NEXT) << 16 | (runner->on != NULL) << 24;
	caller->tf.esi = time_beats_us(runner->longest);
	caller->tf.edi = runner->slices;
	caller->tf.ebp = runner->ignored;
	return OK;
}

static int query_cpu(struct env *caller, const struct cpu *cpu)
{
	const struct runqueue *queue = cpu->queue;

	caller->tf.ebx = queue->queued;
	caller->tf.esi = time_beats_us(queue->longest);
	caller->tf.edi = queue->breaches;
	caller->tf.ebp = cpu->ticks;
	return cpu->culprit;
}

static int yield_to(struct env *env, struct env *to)
{
	bool lent =
		to && runqueue_lend(env->space.cpu->queue, &env->runner, &to->runner, sched_now());

	if (lent) {
		state_ready(env);
		switch_env(env->space.cpu, to);
	} else {
		env->runner.ignored++;
		(void)sched_yield(env);
	}
	return lent;
}

/* One hint too many of this env in this age? */
static bool is_flood(struct env *env)
{
	struct runner *runner = &env->runner;

	if (runner->given_age != runqueue_age) {
		runner->given_age = runqueue_age;
		runner->given = 0;
	}
	if (++runner->given <= HINTS_PER_TICK ||
	    env->root) { /* what procmgr passes on has cost a call */
		return false;
	}
	runner->ignored++;
	return true;
}

bool hint_call_unlocked(struct env *env)
{
	enum hint kind = env_operand(env);
	uint32_t value = env->tf.esi;
	struct env *of = env_peek(env, env->tf.ebx);
	int result = 0;

	if (!is_valid(kind, value)) {
		result = E_INVAL;
	} else if (kind == HINT_QUERY) {
		result = of ? query_env(env, &of->runner) : E_BAD_ENV;
	} else if (kind == HINT_QUERY_CPU) {
		result = query_cpu(env, &cpus[value]);
	} else if ((kind == HINT_YIELD_TO && env->space.cpu->queue->queued) || !is_flood(env)) {
		return false; /* who yields to somebody gives the CPU away, taken or not */
	}
	env->tf.eax = result;
	return true;
}

int hint_call(struct env *env)
{
	enum hint kind = env_operand(env);
	struct env *of = env_lookup(env, env->tf.ebx);
	bool taken;

	if (kind == HINT_YIELD_TO) {
		return yield_to(env, of);
	}
	taken = of && give_hint(env, of, kind, env->tf.esi, env->tf.edi);
	env->runner.ignored += !taken;
	return taken;
}
