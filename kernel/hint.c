/* Scheduler hints: who may give which, to whom. What they do is up to runqueue.c. Each is O(1), and what
 * cannot be is ignored and counted. */
#include "kernel/clock.h"
#include "kernel/sched.h"

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
static bool advise(const struct env *caller, struct env *env, enum hint kind, uint32_t value,
                   uint32_t ms)
{
	struct runner *runner = &env->runner;
	uint32_t most = ms < HINT_MS_MAX ? ms : HINT_MS_MAX;
	uint32_t ages = ((uint64_t)most * clock_tsc_per_ms >> AGE_SHIFT) + 1;

	if (env->info->controller != caller->id) {
		uint32_t left = runner->until[HINT_WEIGHT] - runqueue_age;

		if (env != caller || kind == HINT_NEXT ||
		    (kind == HINT_WEIGHT && value >= runqueue_hinted(runner, kind))) {
			return false;
		}
		ages = kind == HINT_WEIGHT && left < ages ? left : ages;
	}
	runqueue_hint(runner, kind, value + (kind == HINT_CPU), ages);
	return kind != HINT_NEXT || !runner->on || runqueue_advance(runner, sched_now());
}

static int query(struct env *caller, struct env *env)
{
	struct runner *runner = &env->runner;

	caller->tf.ebx = runqueue_hinted(runner, HINT_WEIGHT) |
	                 runqueue_hinted(runner, HINT_CPU) << 8 |
	                 runqueue_hinted(runner, HINT_NEXT) << 16 | (runner->on != NULL) << 24;
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

/* The caller's result is set before others run. */
static void yield_to(struct env *env, struct env *to)
{
	env->tf.eax = to && sched_yield_to(env, to);
	if (!env->tf.eax) {
		env->runner.ignored++;
		(void)sched_yield(env);
	}
}

struct env *hint_call(struct env *env)
{
	enum hint kind = env_operand(env);
	uint32_t value = env->tf.esi;
	struct env *of = env_lookup(env, env->tf.ebx);
	struct cpu *cpu = env->cpu;

	if (!is_valid(kind, value)) {
		env->tf.eax = E_INVAL;
	} else if (kind == HINT_YIELD_TO) {
		yield_to(env, of);
	} else if (kind == HINT_QUERY_CPU) {
		env->tf.eax = query_cpu(env, &cpus[value]);
	} else if (kind == HINT_QUERY) {
		env->tf.eax = of ? query(env, of) : E_BAD_ENV;
	} else {
		env->tf.eax = of && advise(env, of, kind, value, env->tf.edi);
		env->runner.ignored += env->tf.eax == 0;
	}
	return cpu->env;
}
