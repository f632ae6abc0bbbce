/* The rules of the run queues (kernel/sched/runqueue.c, compiled as it is), in a small world of
 * CPUs and envs: random operations with the world's own idea of who waits where since when, and
 * long quiet runs that measure shares. */
#include "kernel/machine/time.h"
#include "kernel/sched/runqueue.h"
#include "tests/host/host_check.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);             \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

enum {
	ENVS = 40,
	QUANTUM = 8000, /* beats */
	LATE_MAX = HINT_EXTENSION(QUANTUM) / 2,
	BEATS_PER_AGE = 1 << (AGE_SHIFT - BEAT_SHIFT),
	STEPS = 500000,
	TURN_LIMIT = HINT_WEIGHT_MAX * QUANTUM + HINT_EXTENSION(QUANTUM),
};

enum state { BLOCKED, READY, RUNNING };

struct env {
	struct runner runner; /* first */
	enum state state;
	struct runqueue *queue; /* where it waits */
	uint32_t cpu;           /* where it runs, or ran last */
	uint64_t since;         /* beat from which it waits */
	uint32_t most;          /* contenders there at any time since */
	uint32_t arrival;       /* of all arrivals */
	uint32_t overtook;      /* those that arrived later, and got a turn on that CPU before it */
	uint64_t used;          /* beats */
	bool polite;            /* asks not to be preempted */
};

struct cpu {
	struct env *env;   /* NULL: idle */
	uint64_t timer;    /* beat */
	uint64_t started;  /* beat from which env's time counts */
	uint64_t busy_end; /* until then it is in the kernel: the timer comes late */
};

static struct env envs[ENVS];
static struct cpu cpus[NCPU_MAX];
static uint32_t ncpu, arrivals, breaches, overtaken, moves, exchanges;
static uint64_t now; /* beats */
static const struct runner *breached, *guilty;

static uint32_t random_below(uint32_t limit)
{
	static uint64_t seed = 88172645463325252u;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % limit;
}

void runqueue_breached(struct runqueue *queue, struct runner *runner, struct runner *culprit)
{
	CHECK(queue->breaches > 0);
	breached = runner;
	guilty = culprit;
	breaches++;
}

/* As hint.c does. */
static void hint(struct env *env, enum hint kind, uint32_t value, uint32_t ages)
{
	env->runner.hint[kind] = value;
	env->runner.until[kind] = runqueue_age + ages;
}

static void start(uint32_t n)
{
	ncpu = n;
	runqueue_quantum = QUANTUM;
	now = 1;
	for (uint32_t i = 0; i < NCPU_MAX; i++) {
		runqueue_init(&runqueues[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		runqueue_idle |= 1u << i;
		cpus[i].timer = ~0ull;
	}
}

/* ---- what sched.c does ---- */

static uint32_t contenders(uint32_t cpu)
{
	return runqueues[cpu].queued + (cpus[cpu].env != NULL);
}

static void wait_begins(struct env *env)
{
	env->state = READY;
	env->queue = env->runner.on;
	env->since = now;
	env->most = 0;
	env->arrival = ++arrivals;
	env->overtook = 0;
}

/* It ran and is ready. A guest is in the place kept for it: its wait for a turn of its own goes
 * on. */
static void wait_goes_on(struct env *env, bool guest)
{
	if (guest) {
		env->state = READY;
	} else {
		wait_begins(env);
	}
}

/* Who was moved to another queue is last there, and waits on. */
static void look_for_moves(void)
{
	for (uint32_t i = 0; i < ENVS; i++) {
		struct env *env = &envs[i];

		if (env->state == READY && env->runner.on && env->runner.on != env->queue) {
			env->queue = env->runner.on;
			env->arrival = ++arrivals;
			env->overtook = 0;
			moves++;
		}
	}
}

/* After whatever changed: who waits has seen so many contenders. */
static void look_around(void)
{
	for (uint32_t i = 0; i < ENVS; i++) {
		struct env *env = &envs[i];

		if (env->state == READY && env->runner.on) {
			uint32_t n = contenders(env->runner.on - runqueues);

			env->most = n > env->most ? n : env->most;
		}
	}
}

static void check_bound(const struct env *env)
{
	CHECK(now - env->since <= (uint64_t)env->most * TURN_LIMIT);
}

static void leave(uint32_t cpu)
{
	struct env *env = cpus[cpu].env;

	env->used += now - cpus[cpu].started;
	cpus[cpu].env = NULL;
}

static void enter(uint32_t cpu, struct env *env)
{
	CHECK_EQ(env->state, READY);
	CHECK(env->runner.on == NULL);
	check_bound(env);
	env->state = RUNNING;
	env->cpu = cpu;
	cpus[cpu].env = env;
	cpus[cpu].started = now;
	runqueue_idle &= ~(1u << cpu);
	if (cpus[cpu].timer == ~0ull) {
		cpus[cpu].timer = now + QUANTUM;
	}
	look_around();
}

/* A turn begins: those that waited longer on this CPU were overtaken. */
static void turn(uint32_t cpu, struct env *env)
{
	for (uint32_t i = 0; i < ENVS; i++) {
		struct env *other = &envs[i];

		if (other->state == READY && other->runner.on == &runqueues[cpu] &&
		    (int32_t)(env->arrival - other->arrival) > 0) {
			CHECK(++other->overtook <= 1);
			overtaken++;
		}
	}
	enter(cpu, env);
}

static void go_idle_or_run(uint32_t cpu)
{
	struct env *env = (struct env *)runqueue_take(&runqueues[cpu], now);

	if (env) {
		turn(cpu, env);
	} else {
		runqueue_idle |= 1u << cpu;
		cpus[cpu].timer = ~0ull;
	}
}

static void wake(struct env *env)
{
	uint32_t cpu = runqueue_arrive(&env->runner, &runqueues[env->cpu], now) - runqueues;

	CHECK(cpu < ncpu);
	wait_begins(env);
	look_around();
	if (runqueue_idle & 1u << cpu) {
		go_idle_or_run(cpu);
	}
}

static void block(uint32_t cpu)
{
	struct env *env = cpus[cpu].env;

	leave(cpu);
	env->state = BLOCKED;
	go_idle_or_run(cpu);
}

static void yield(uint32_t cpu)
{
	struct env *env = cpus[cpu].env;
	bool guest = runqueues[cpu].guest == &env->runner;
	struct env *next;

	if (runqueues[cpu].queued) {
		leave(cpu);
		next = (struct env *)runqueue_yield(&runqueues[cpu], &env->runner, now);
		wait_goes_on(env, guest);
		turn(cpu, next);
		return;
	}
	next = (struct env *)runqueue_exchange(&runqueues[cpu], &env->runner, now);
	if (next) {
		leave(cpu);
		wait_begins(env);
		exchanges++;
		turn(cpu, next);
		if (runqueue_idle & env->runner.on->bit) {
			go_idle_or_run(env->runner.on - runqueues);
		}
	}
}

static void lend(uint32_t cpu, struct env *to)
{
	struct env *env = cpus[cpu].env;
	bool guest = runqueues[cpu].guest == &env->runner;
	uint32_t end = runqueues[cpu].slice_end;

	if (runqueue_lend(&runqueues[cpu], &env->runner, &to->runner, now)) {
		leave(cpu);
		wait_goes_on(env, guest);
		enter(cpu, to);
		CHECK_EQ(runqueues[cpu].slice_end, end); /* never refilled */
	}
}

/* Stops one that waits or runs, as destroy does, too. */
static void stop(struct env *env)
{
	if (env->state == RUNNING) {
		block(env->cpu);
	} else {
		runqueue_remove(&env->runner);
		env->state = BLOCKED;
	}
}

static void timer(uint32_t cpu)
{
	struct env *env = cpus[cpu].env;
	struct runqueue *queue = &runqueues[cpu];
	bool guest = queue->guest == &env->runner;
	enum turn over = runqueue_tick(queue, &env->runner, now, env->polite);
	int32_t left;

	look_for_moves();
	look_around();
	if (over == TURN_OVER) {
		struct env *next;

		leave(cpu);
		next = (struct env *)runqueue_rotate(queue, &env->runner, now);
		wait_goes_on(env, guest && (next == env || env->runner.on == queue));
		if (next) {
			turn(cpu, next);
		} else {
			go_idle_or_run(cpu);
		}
		if (env->runner.on && runqueue_idle & 1u << (env->runner.on - runqueues)) {
			go_idle_or_run(env->runner.on - runqueues);
		}
	}
	if (cpus[cpu].env) {
		left = queue->slice_end - (uint32_t)now;
		CHECK(left > 0);
		cpus[cpu].timer = now + (left < QUANTUM ? left : QUANTUM);
	}
}

/* Lets time pass, with the timers that come due. */
static void pass(uint64_t beats)
{
	uint64_t end = now + beats;

	for (;;) {
		uint64_t first = end, due;
		uint32_t cpu = NCPU_MAX;

		for (uint32_t i = 0; i < ncpu; i++) {
			due = cpus[i].timer < cpus[i].busy_end ? cpus[i].busy_end : cpus[i].timer;
			if (cpus[i].env && due <= first) {
				first = due;
				cpu = i;
			}
		}
		now = first > now ? first : now;
		runqueue_age = now / BEATS_PER_AGE;
		if (cpu == NCPU_MAX) {
			return;
		}
		timer(cpu);
	}
}

/* ---- what must always hold ---- */

static void check_queue(uint32_t cpu)
{
	struct runqueue *queue = &runqueues[cpu];
	struct runner *last = &queue->ring, *at;
	uint32_t count = 0, ghosts = 0;

	for (at = queue->ring.next; at != &queue->ring; last = at, at = at->next) {
		CHECK(at->prev == last);
		if (at == &queue->ghost) {
			ghosts++;
			continue;
		}
		CHECK(++count <= ENVS);
		CHECK(at->on == queue);
		CHECK_EQ(((struct env *)at)->state, READY);
	}
	CHECK(queue->ring.prev == last);
	CHECK_EQ(count, queue->queued);
	CHECK_EQ(ghosts, queue->guest != NULL);
}

static void check_all(void)
{
	uint32_t ready = 0, queued = 0, running = 0;

	for (uint32_t i = 0; i < NCPU_MAX; i++) {
		check_queue(i);
		queued += runqueues[i].queued;
		if (i < ncpu) {
			CHECK_EQ(cpus[i].env == NULL, runqueue_idle >> i & 1);
			running += cpus[i].env != NULL;
			CHECK(cpus[i].env == NULL || cpus[i].env->cpu == i);
		}
	}
	for (uint32_t i = 0; i < ENVS; i++) {
		struct env *env = &envs[i];

		ready += env->state == READY;
		CHECK_EQ(env->runner.on != NULL, env->state == READY);
		CHECK_EQ(cpus[env->cpu].env == env, env->state == RUNNING);
		if (env->state == READY) {
			check_bound(env);
		}
	}
	CHECK_EQ(queued, ready); /* none lost, none twice */
	CHECK(runqueue_idle == 0 || ready == 0);
	CHECK_EQ(breaches, 0);
}

static struct env *any_running(void)
{
	for (uint32_t i = 0; i < ncpu; i++) {
		struct env *env = cpus[random_below(ncpu)].env;

		if (env) {
			return env;
		}
	}
	return NULL;
}

static void random_hint(struct env *env)
{
	uint32_t ages = 1 + random_below(4);

	switch (random_below(4)) {
	case 0: hint(env, HINT_WEIGHT, 1 + random_below(4), ages); break;
	case 1: hint(env, HINT_CPU, 1 + random_below(ncpu), ages); break;
	case 2: hint(env, HINT_NEXT, 1, ages); break;
	default: env->polite = !env->polite;
	}
	(void)runqueue_advance(&env->runner);
}

static void random_step(void)
{
	struct env *env = &envs[random_below(ENVS)], *running = any_running();

	switch (random_below(16)) {
	case 0: pass(random_below(4 * QUANTUM)); break;
	case 1: pass(random_below(QUANTUM)); break;
	case 2:
	case 3: pass(random_below(QUANTUM / 16)); break;
	case 4:
	case 5:
	case 6:
		if (env->state == BLOCKED) {
			wake(env);
		}
		break;
	case 7:
	case 8:
		if (running) {
			block(running->cpu);
		}
		break;
	case 9:
		if (running) {
			yield(running->cpu);
		}
		break;
	case 10:
	case 11:
		if (running && running != env) {
			lend(running->cpu, env);
		}
		break;
	case 12:
		if (random_below(8) == 0 && env->state != BLOCKED) {
			stop(env);
		}
		break;
	case 13:
		if (running && cpus[running->cpu].busy_end <= now) { /* a long call */
			cpus[running->cpu].busy_end = now + random_below(LATE_MAX);
		}
		break;
	default: random_hint(env);
	}
	look_around();
}

static void random_world(uint32_t n)
{
	start(n);
	for (uint32_t i = 0; i < STEPS; i++) {
		random_step();
		check_all();
	}
	CHECK(overtaken > STEPS / 1000); /* the hints did something */
	CHECK_EQ(exchanges > 0, n > 1);
}

/* Few envs, all with whole long slices and at once with whatever makes others wait. */
static void hostile_step(void)
{
	struct env *env = &envs[random_below(2 + random_below(4))], *running = any_running();

	hint(env, HINT_WEIGHT, HINT_WEIGHT_MAX, 60000);
	env->polite = true;
	switch (random_below(8)) {
	case 0: pass(random_below(8 * QUANTUM)); break;
	case 1:
	case 2:
		if (env->state == BLOCKED) {
			wake(env);
		}
		break;
	case 3:
		if (running && random_below(4) == 0) {
			block(running->cpu);
		}
		break;
	case 4:
	case 5:
		if (running && running != env) {
			lend(running->cpu, env);
		}
		break;
	case 6: (void)runqueue_advance(&env->runner); break;
	default: hint(env, HINT_NEXT, random_below(2), 60000);
	}
	look_around();
}

static void hostile_world(uint32_t n)
{
	start(n);
	for (uint32_t i = 0; i < STEPS; i++) {
		hostile_step();
		check_all();
	}
	CHECK(overtaken > STEPS / 1000);
	CHECK(n == 1 || moves > STEPS / 1000);
}

static void random_hostile_steps_on_one_cpu(void)
{
	hostile_world(1);
}

static void random_hostile_steps_on_two_cpus(void)
{
	hostile_world(2);
}

static void random_steps_on_one_cpu(void)
{
	random_world(1);
}

static void random_steps_on_two_cpus(void)
{
	random_world(2);
}

static void random_steps_on_four_cpus(void)
{
	random_world(4);
}

/* ---- shares ---- */

typedef uint32_t weight_fn(uint32_t number, uint32_t heaviest);

/* 1, 2 .. heaviest in turns. */
static uint32_t mixed(uint32_t number, uint32_t heaviest)
{
	return 1 + number % heaviest;
}

/* One heavy env among light ones. */
static uint32_t lonely(uint32_t number, uint32_t heaviest)
{
	return number ? 1 : heaviest;
}

/* n envs that only calculate, for 10 s of quanta. The share of each per weight is within `percent`
 * of the mean. */
static void check_shares(uint32_t cpus_used, uint32_t n, weight_fn *weight, uint32_t heaviest,
                         uint32_t percent)
{
	uint64_t total = 0;
	uint32_t weights = 0;

	start(cpus_used);
	for (uint32_t i = 0; i < 5000; i++) { /* something that went before */
		random_step();
	}
	for (uint32_t i = 0; i < ENVS; i++) {
		stop(&envs[i]);
		envs[i].runner.hints = envs[i].used = envs[i].polite = 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		hint(&envs[i], HINT_WEIGHT, weight(i, heaviest), 60000);
		weights += weight(i, heaviest);
		wake(&envs[i]);
	}
	pass(1221 * QUANTUM);
	for (uint32_t i = 0; i < n; i++) {
		total += envs[i].used;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint64_t fair = total * weight(i, heaviest) / weights;
		uint64_t used = envs[i].used;

		if (used * 100 > fair * (100 + percent) || used * 100 < fair * (100 - percent)) {
			printf("CPUs %u, envs %u: env %u used %llu instead of %llu\n", cpus_used, n,
			       i, (unsigned long long)used, (unsigned long long)fair);
			exit(1);
		}
	}
	check_all();
}

/* Each in a process of its own, for fresh data. */
static void in_child(uint32_t cpus_used, uint32_t n, weight_fn *weight, uint32_t heaviest,
                     uint32_t percent)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		check_shares(cpus_used, n, weight, heaviest, percent);
		exit(0);
	}
	waitpid(child, &status, 0);
	CHECK_EQ(status, 0);
}

static void equal_weights_share_equally(void)
{
	for (uint32_t n = 1; n <= 4; n++) {
		for (uint32_t count = n; count <= ENVS; count += 1 + count / 6) {
			in_child(n, count, mixed, 1, 5);
		}
	}
}

static void weights_share_by_weight(void)
{
	for (uint32_t n = 1; n <= 4; n++) {
		for (uint32_t count = 4 * n; count <= 7 * n; count += 1 + count / 6) {
			in_child(n, count, mixed, 4, 10);
		}
	}
}

/* As many light ones as leave the heavy one no more than a CPU, and more. */
static void heavy_env_among_light_ones_gets_its_share(void)
{
	for (uint32_t n = 2; n <= 4; n++) {
		for (uint32_t heaviest = 2; heaviest <= 4; heaviest++) {
			for (uint32_t light = (n - 1) * heaviest; light < ENVS;
			     light += 1 + light / 3) {
				in_child(n, 1 + light, lonely, heaviest, 10);
			}
		}
	}
}

/* ---- single rules ---- */

static void late_clock_is_a_breach_that_mutes(void)
{
	struct env *running = &envs[1];

	start(1);
	for (uint32_t i = 0; i < 3; i++) {
		wake(&envs[i]);
	}
	hint(&envs[1], HINT_WEIGHT, 4, 60000);
	CHECK(cpus[0].env == &envs[0]);
	now += 16 * QUANTUM; /* envs[0] runs on and on */
	(void)runqueue_tick(&runqueues[0], &envs[0].runner, now, false);
	CHECK_EQ(breaches, 2); /* before the waits have ended */
	CHECK(breached == &envs[2].runner);
	CHECK(runqueue_rotate(&runqueues[0], &envs[0].runner, now) == &envs[1].runner);
	CHECK_EQ(breaches, 2); /* a wait is one breach */
	CHECK(guilty == &envs[0].runner);
	CHECK_EQ(runqueues[0].slice_end - (uint32_t)now, QUANTUM); /* not four */
	CHECK_EQ(runqueue_advance(&envs[0].runner), false);
	for (uint32_t i = 0; i < 200 && runqueues[0].muted; i++) {
		now += QUANTUM;
		running = (struct env *)runqueue_yield(&runqueues[0], &running->runner, now);
	}
	CHECK_EQ(runqueue_advance(runqueues[0].ring.prev), true);
}

static void extension_is_paid_with_the_next_slice(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[1]);
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, true), TURN_EXTENDED);
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, true), TURN_OVER); /* once */
	CHECK(runqueue_rotate(queue, &envs[0].runner, now) == &envs[1].runner);
	CHECK(runqueue_yield(queue, &envs[1].runner, now) == &envs[0].runner);
	CHECK_EQ(queue->slice_end - (uint32_t)now, QUANTUM - HINT_EXTENSION(QUANTUM) / 2);
	CHECK(runqueue_yield(queue, &envs[0].runner, now) == &envs[1].runner);
	CHECK(runqueue_yield(queue, &envs[1].runner, now) == &envs[0].runner);
	CHECK_EQ(queue->slice_end - (uint32_t)now, QUANTUM); /* paid */
}

/* envs[0] calls envs[1], which is extended and replies: the kernel switches between them, no queue
 * knows. Whoever of them runs at the end, envs[0] began the turn. */
static void extension_is_paid_by_who_began_the_turn(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[2]);
	for (uint32_t last = 0; last < 2; last++) {
		now = queue->slice_end;
		CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, true), TURN_EXTENDED);
		now = queue->slice_end;
		CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, false), TURN_OVER);
		CHECK(runqueue_rotate(queue, &envs[last].runner, now) == &envs[2].runner);
		if (last == 1) { /* envs[1] has the next turn, and owes nothing */
			CHECK(runqueue_yield(queue, &envs[2].runner, now) == &envs[1].runner);
			CHECK_EQ(queue->slice_end - (uint32_t)now, QUANTUM);
			(void)runqueue_arrive(&envs[0].runner, queue, now);
			CHECK(runqueue_yield(queue, &envs[1].runner, now) == &envs[2].runner);
		}
		CHECK(runqueue_yield(queue, &envs[2].runner, now) == &envs[0].runner);
		CHECK_EQ(queue->slice_end - (uint32_t)now, QUANTUM - HINT_EXTENSION(QUANTUM) / 2);
	}
}

/* A turn ends late by a long call that waits at its end. */
static void late_wait_is_paid(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[1]);
	now = queue->slice_end + 500;
	block(0);
	wake(&envs[0]);
	CHECK(runqueue_yield(queue, &envs[1].runner, now) == &envs[0].runner);
	CHECK_EQ(queue->slice_end - (uint32_t)now, QUANTUM - 500);
}

/* With its extension a turn is too long sooner. */
static void culprit_is_named_after_an_extension(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[1]);
	wake(&envs[2]);
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, true), TURN_EXTENDED);
	envs[1].runner.since -= 16 * QUANTUM; /* it waits for much longer */
	now += HINT_EXTENSION(QUANTUM) + 1;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, false), TURN_OVER);
	CHECK_EQ(breaches, 1);
	CHECK(guilty == &envs[0].runner);
}

/* Who began the turn dies, another runs on it: what it costs is nobody's, and nobody is to
 * blame. */
static void turn_of_the_dead_is_nobodys(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[1]);
	runqueue_forget(&envs[0].runner);
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, true), TURN_EXTENDED);
	CHECK_EQ(envs[0].runner.debt, 0); /* whose slot may be another's now */
	now += 16 * QUANTUM;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, false), TURN_OVER);
	CHECK_EQ(breaches, 1);
	CHECK(guilty != &envs[0].runner);
}

static void rest_of_an_extension_is_given_back(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[1]);
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, true), TURN_EXTENDED);
	now += 100;
	CHECK(runqueue_yield(queue, &envs[0].runner, now) == &envs[1].runner);
	CHECK(runqueue_yield(queue, &envs[1].runner, now) == &envs[0].runner);
	CHECK_EQ(queue->slice_end - (uint32_t)now, QUANTUM - 100);
}

static void lent_slice_keeps_the_place(void)
{
	struct runqueue *queue = &runqueues[0];
	uint32_t end;

	start(1);
	for (uint32_t i = 0; i < 4; i++) {
		wake(&envs[i]);
	}
	end = queue->slice_end;
	now += QUANTUM / 2;
	CHECK(runqueue_lend(queue, &envs[0].runner, &envs[2].runner, now));
	CHECK_EQ(queue->slice_end, end);
	now = end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, false), TURN_OVER);
	CHECK(runqueue_rotate(queue, &envs[2].runner, now) == &envs[1].runner);
	CHECK(runqueue_yield(queue, &envs[1].runner, now) == &envs[2].runner); /* as before */
	CHECK(runqueue_yield(queue, &envs[2].runner, now) == &envs[3].runner);
	CHECK(runqueue_yield(queue, &envs[3].runner, now) == &envs[0].runner);
}

/* Who calls a server that waits for a turn runs it on its own slice, and then the server queues
 * anew: not for the last moment of a slice, or callers could make it the last again and again. */
static void server_keeps_its_place_for_a_moment(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	for (uint32_t i = 0; i < 3; i++) {
		wake(&envs[i]);
	}
	now = queue->slice_end - QUANTUM / 8;
	CHECK(!runqueue_call(queue, &envs[1].runner, now));
	CHECK(runqueue_yield(queue, &envs[0].runner, now) == &envs[1].runner);
	now = queue->slice_end - QUANTUM / 2;
	CHECK(runqueue_call(queue, &envs[2].runner, now));
	CHECK(envs[2].runner.on == NULL);
}

/* A CPU that was woken does not come. Who yields elsewhere, alone, changes places with the one that
 * waits there. */
static void yield_runs_who_waits_for_a_late_cpu(void)
{
	struct runqueue *queue = &runqueues[0], *late = &runqueues[1];

	start(2);
	wake(&envs[0]);
	CHECK(runqueue_exchange(queue, &envs[0].runner, now) == NULL);
	CHECK(runqueue_arrive(&envs[1].runner, queue, now) == late);
	runqueue_idle = 0; /* it was woken */
	now += QUANTUM / 8;
	CHECK(runqueue_exchange(queue, &envs[0].runner, now) == &envs[1].runner);
	CHECK(queue->owner == &envs[1].runner);
	CHECK(envs[0].runner.on == late);
	CHECK_EQ(envs[1].runner.longest, QUANTUM / 8);
	CHECK(runqueue_take(late, now) == &envs[0].runner); /* here it is */
}

/* Likewise who is pulled from there leaves somebody for that CPU. */
static void late_cpu_is_not_left_without_work(void)
{
	struct runqueue *queue = &runqueues[0], *late = &runqueues[1];

	start(2);
	wake(&envs[0]);
	CHECK(runqueue_arrive(&envs[1].runner, queue, now) == late);
	runqueue_idle = 0;
	envs[0].runner.laps += 3;
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, false), TURN_OVER);
	CHECK(runqueue_rotate(queue, &envs[0].runner, now) == &envs[1].runner);
	CHECK(envs[0].runner.on == late);
}

/* Who shall come after the one that runs waits there, whatever CPU is idle. */
static void follower_waits_behind_who_runs(void)
{
	struct runqueue *queue = &runqueues[0];

	start(2);
	wake(&envs[0]);
	runqueue_append(&envs[1].runner, queue, now);
	CHECK(envs[1].runner.on == queue && queue->queued == 1);
	CHECK_EQ(envs[1].runner.contenders, 2);
	CHECK(runqueue_take(&runqueues[1], now) == &envs[1].runner); /* but that comes by */
}

/* envs[0] runs, all others of envs[0..n) wait, with weights of 4, and ask not to be preempted. The
 * last is overtaken, too: it waits as long as the bound says for n contenders, and no longer. */
static void worst_wait_of(uint32_t n)
{
	uint64_t wait;

	for (uint32_t i = 0; i <= n; i++) {
		hint(&envs[i], HINT_WEIGHT, HINT_WEIGHT_MAX, 60000);
		envs[i].polite = true;
		wake(&envs[i]);
	}
	CHECK(runqueue_advance(&envs[n].runner));
	while (envs[n - 1].state == READY) {
		pass(QUANTUM / 16);
	}
	wait = now - envs[n - 1].since;
	CHECK(wait + QUANTUM / 4 > n * (TURN_LIMIT - LATE_MAX)); /* no timer was late */
	CHECK(wait <= n * (TURN_LIMIT - LATE_MAX) + QUANTUM / 16);
	CHECK_EQ(breaches, 0);
}

static void bound_is_reached_but_not_passed(void)
{
	for (uint32_t n = 2; n < ENVS; n += 7) {
		start(1);
		worst_wait_of(n);
		for (uint32_t i = 0; i <= n; i++) {
			stop(&envs[i]);
		}
		memset(envs, 0, sizeof(envs));
		now += 1 << 20;
	}
}

/* envs[1..3] have `next`. Whenever envs[0] is last of three and overtaken, the other CPU must not
 * take it, lest it is overtaken there as well, and so on for ever. */
static void who_was_overtaken_is_not_moved(void)
{
	struct env *victim = &envs[0], *comes = &envs[3];

	start(2);
	for (uint32_t i = 1; i <= 3; i++) {
		hint(&envs[i], HINT_NEXT, 1, 60000);
		hint(&envs[i], HINT_WEIGHT, HINT_WEIGHT_MAX, 60000);
	}
	wake(&envs[1]);
	pass(QUANTUM / 2); /* their ticks are half a quantum apart */
	wake(&envs[2]);
	wake(victim);
	for (uint32_t moved = 0; victim->state == READY; moved++) {
		struct runqueue *at = victim->runner.on;
		uint32_t cpu = at - runqueues;

		CHECK(moved < 2);
		hint(comes, HINT_CPU, 1 + cpu, 60000);
		wake(comes);
		while (victim->state == READY && victim->runner.on == at) {
			pass(QUANTUM / 64);
		}
		comes = cpus[cpu].env;
		block(cpu);
	}
}

/* Who runs as a guest waits for a turn of its own all the same. */
static void place_of_the_dead_is_nobodys(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	for (uint32_t i = 0; i < 3; i++) {
		wake(&envs[i]);
	}
	CHECK(runqueue_lend(queue, &envs[0].runner, &envs[1].runner, now));
	runqueue_forget(&envs[1].runner);
	CHECK(queue->guest == NULL); /* whose slot may be another's now */
	CHECK(queue->ring.next == &envs[2].runner && queue->ring.prev == &envs[0].runner);
}

static void guest_is_overtaken_once(void)
{
	struct runqueue *queue = &runqueues[0];

	start(2);
	for (uint32_t i = 0; i < 5; i++) { /* 0 and 1 run, 3 waits on CPU 1 */
		envs[i].cpu = i % 2;
		wake(&envs[i]);
	}
	envs[2].runner.laps = 5;
	CHECK(runqueue_advance(&envs[4].runner)); /* before 2 */
	CHECK(runqueue_yield(queue, &envs[0].runner, now) == &envs[4].runner);
	runqueue_remove(&envs[0].runner);
	CHECK(runqueue_lend(queue, &envs[4].runner, &envs[2].runner, now));
	runqueue_remove(&envs[4].runner);
	now = queue->slice_end;
	CHECK_EQ(runqueue_tick(queue, &envs[0].runner, now, false), TURN_OVER);
	CHECK(runqueue_rotate(queue, &envs[2].runner, now) == &envs[2].runner);
}

static void chain_of_lent_slices_ends(void)
{
	struct runqueue *queue = &runqueues[0];

	start(1);
	wake(&envs[0]);
	wake(&envs[1]);
	for (uint32_t i = 0; i < HINT_CHAIN_MAX; i++) {
		CHECK(runqueue_lend(queue, &envs[i % 2].runner, &envs[1 - i % 2].runner, now));
	}
	CHECK(!runqueue_lend(queue, &envs[0].runner, &envs[1].runner, now));
}

static void hints_expire(void)
{
	start(1);
	hint(&envs[0], HINT_WEIGHT, 3, 2);
	CHECK_EQ(runqueue_hinted(&envs[0].runner, HINT_WEIGHT), 3);
	runqueue_age++;
	CHECK_EQ(runqueue_hinted(&envs[0].runner, HINT_WEIGHT), 3);
	runqueue_age++;
	CHECK_EQ(runqueue_hinted(&envs[0].runner, HINT_WEIGHT), 0);
}

/* But not if its CPU would be idle for that, and the other one has somebody to run. */
static void runner_moves_to_the_cpu_it_prefers(void)
{
	start(2);
	wake(&envs[0]);
	hint(&envs[0], HINT_CPU, 2, 60000);
	pass(QUANTUM + 1);
	CHECK(cpus[0].env == NULL && cpus[1].env == &envs[0]);
	hint(&envs[0], HINT_CPU, 1, 60000);
	pass(QUANTUM + 1);
	CHECK(cpus[0].env == &envs[0] && cpus[1].env == NULL);
	envs[1].cpu = 1;
	wake(&envs[1]);
	hint(&envs[0], HINT_CPU, 2, 60000);
	pass(5 * QUANTUM);
	CHECK(cpus[0].env != NULL && cpus[1].env != NULL);
}

/* Though nobody uses a slice up. */
static void yielders_spread(void)
{
	start(2);
	for (uint32_t i = 0; i < 10; i++) {
		hint(&envs[i], HINT_CPU, 1, 1);
		wake(&envs[i]);
	}
	CHECK(runqueues[0].queued >= 8);
	for (uint32_t i = 0; i < 80 * 8; i++) {
		pass(QUANTUM / 8);
		yield(i % 2);
	}
	CHECK(runqueues[0].queued == 4 && runqueues[1].queued == 4);
}

static void who_was_idle_is_not_behind(void)
{
	start(2);
	wake(&envs[0]);
	for (uint32_t i = 0; i < 30; i++) { /* one CPU works for long, the other is idle */
		pass(QUANTUM);
	}
	CHECK_EQ(cpus[0].env == &envs[0], 1);
	wake(&envs[1]);
	CHECK_EQ(cpus[1].env == &envs[1], 1);
	CHECK_EQ(envs[1].runner.laps, envs[0].runner.laps);
}

static const struct host_test tests[] = {
	TEST(random_steps_on_one_cpu),
	TEST(random_steps_on_two_cpus),
	TEST(random_steps_on_four_cpus),
	TEST(random_hostile_steps_on_one_cpu),
	TEST(random_hostile_steps_on_two_cpus),
	TEST(equal_weights_share_equally),
	TEST(weights_share_by_weight),
	TEST(heavy_env_among_light_ones_gets_its_share),
	TEST(late_clock_is_a_breach_that_mutes),
	TEST(extension_is_paid_with_the_next_slice),
	TEST(extension_is_paid_by_who_began_the_turn),
	TEST(late_wait_is_paid),
	TEST(culprit_is_named_after_an_extension),
	TEST(turn_of_the_dead_is_nobodys),
	TEST(rest_of_an_extension_is_given_back),
	TEST(lent_slice_keeps_the_place),
	TEST(server_keeps_its_place_for_a_moment),
	TEST(bound_is_reached_but_not_passed),
	TEST(who_was_overtaken_is_not_moved),
	TEST(place_of_the_dead_is_nobodys),
	TEST(guest_is_overtaken_once),
	TEST(chain_of_lent_slices_ends),
	TEST(hints_expire),
	TEST(runner_moves_to_the_cpu_it_prefers),
	TEST(yielders_spread),
	TEST(yield_runs_who_waits_for_a_late_cpu),
	TEST(late_cpu_is_not_left_without_work),
	TEST(follower_waits_behind_who_runs),
	TEST(who_was_idle_is_not_behind),
};

int main(void)
{
	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
