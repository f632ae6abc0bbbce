/* Scheduler hints: who may give which, to whom. What they do is up to runqueue.c. Each is O(1), and what
 * cannot be is ignored and counted. */
#include "kernel/hint.h"

#include "kernel/clock.h"
#include "kernel/sched.h"

static uint32_t ages(uint32_t ms)
{
	uint64_t counts = (uint64_t)(ms < HINT_MS_MAX ? ms : HINT_MS_MAX) * clock_tsc_per_ms;

	return (uint32_t)(counts >> AGE_SHIFT) + 1;
}

/* Oneself may lower what the controller gave, and not make it last longer. */
static bool lower_own_weight(struct runner *runner, uint32_t weight, uint32_t until)
{
	uint32_t old = runqueue_hinted(runner, HINT_WEIGHT), left;

	if (weight >= old) {
		return false;
	}
	left = runner->until[HINT_WEIGHT] - runqueue_age;
	runqueue_hint(runner, HINT_WEIGHT, weight, left < until ? left : until);
	return true;
}

/* False: ignored. */
static bool advise(const struct env *caller, struct env *env, enum hint kind, uint32_t value,
                   uint32_t ms)
{
	bool controls = env->info->controller == caller->id;

	if (!controls && kind == HINT_WEIGHT && env == caller) {
		return lower_own_weight(&env->runner, value, ages(ms));
	}
	if (!controls && (kind != HINT_CPU || env != caller)) {
		return false;
	}
	if (kind == HINT_NEXT) {
		runqueue_hint(&env->runner, kind, 1, ages(ms));
		return !env->runner.on || runqueue_advance(&env->runner, sched_now());
	}
	runqueue_hint(&env->runner, kind, value + (kind == HINT_CPU), ages(ms));
	return true;
}

static bool is_valid(enum hint kind, uint32_t value)
{
	switch (kind) {
	case HINT_WEIGHT: return value >= 1 && value <= HINT_WEIGHT_MAX;
	case HINT_CPU:
	case HINT_QUERY_CPU: return value < cpu_count;
	case HINT_NEXT:
	case HINT_YIELD_TO:
	case HINT_QUERY: return true;
	default: return false;
	}
}

static int query(struct env *caller, struct env *env)
{
	struct runner *runner;

	if (!env) {
		return E_BAD_ENV;
	}
	runner = &env->runner;
	for (uint32_t kind = 0; kind < HINT_KINDS; kind++) {
		(void)runqueue_hinted(runner, kind); /* forgets what has expired */
	}
	caller->tf.ebx = runner->hints | (runner->on != NULL) << 24;
	caller->tf.esi = clock_beats_us(runner->longest);
	caller->tf.edi = runner->slices;
	caller->tf.ebp = runner->ignored;
	return OK;
}

static int query_cpu(struct env *caller, const struct cpu *cpu)
{
	const struct runqueue *queue = cpu->queue;

	caller->tf.ebx = queue->queued;
	caller->tf.esi = clock_beats_us(queue->longest);
	caller->tf.edi = queue->breaches;
	caller->tf.ebp = cpu->ticks;
	return queue->culprit ? sched_env_of(queue->culprit)->id : 0;
}

/* Gives `to` the rest of the slice, or yields to whoever is next. */
static struct env *yield_to(struct env *env, struct env *to)
{
	env->tf.eax = to && sched_yield_to(env->cpu, env, to);
	if (env->tf.eax) {
		return to;
	}
	env->runner.ignored++;
	return sched_yield(env->cpu, env);
}

struct env *hint_call(struct env *env)
{
	enum hint kind = env_operand(env);
	uint32_t value = env->tf.esi;
	struct env *of = env_lookup(env, env->tf.ebx);

	if (!is_valid(kind, value)) {
		env->tf.eax = E_INVAL;
		return env;
	}
	switch (kind) {
	case HINT_YIELD_TO: return yield_to(env, of);
	case HINT_QUERY: env->tf.eax = query(env, of); return env;
	case HINT_QUERY_CPU: env->tf.eax = query_cpu(env, &cpus[value]); return env;
	default: break;
	}
	env->tf.eax = of && advise(env, of, kind, value, env->tf.edi);
	env->runner.ignored += env->tf.eax == 0;
	return env;
}
