/* The rules of the run queues (docs/design/scheduling-bound.md has the proof of the bound).
 *
 *   ring -> [first] -> [ghost] -> [ ... ] -> [last] -> ring        new ones come last
 *
 * A turn begins when a runner is taken from a queue and lasts for its slice, whoever runs on it by
 * IPC.
 *
 *   - A runner that waits is overtaken at most once: by a hint `next`, or by a runner that comes
 *     from another queue because it is behind. Either begins a new round, and is possible only
 *     when everybody has gone who came in earlier rounds.
 *   - Who runs on a lent slice keeps its place: the ghost stands there, until it comes back or a
 *     turn begins. So it may come twice before who begins to wait then; that one is overtaken by
 *     nobody else.
 *   - What a turn lasted too long, by an extension, a late timer or a long call at its end, is
 *     taken off the next turn of who began it: whoever runs on it by IPC then, some chain of envs
 *     pays what it got. That one has the lap, too.
 *   - A wait may last for a longest turn, of four quanta and the extension, of each contender.
 *     This is looked at when it ends, and at ticks for the first two of the queue: more than one
 *     are never before who has waited longest there.
 *   - Laps even out queues: before somebody runs whose turn it is, a slice being used up, the head
 *     of another queue does that has used up LAPS_BEHIND slices fewer. What one can be behind is
 *     LAPS_KEPT: the past is forgotten.
 *
 * All operations are O(1) in the number of runners. The caller serializes them. */
#include "kernel/sched/runqueue.h"

#include "kernel/base/section.h"

enum {
	LAPS_BEHIND = 2,
	LAPS_KEPT = 16,
	MUTED_ROUNDS = 8,
	CALL_LEAST = 4, /* that part of a quantum is worth a place in a queue */
};

struct runqueue runqueues[NCPU_MAX];
uint32_t runqueue_quantum;
uint32_t runqueue_age;
uint32_t runqueue_idle;
static uint32_t queue_count; /* in use */
static uint32_t most_laps;   /* that anybody has */

static bool is_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* ---- the ring ---- */

void runqueue_init(struct runqueue *queue)
{
	queue->ring.next = queue->ring.prev = &queue->ring;
	queue->bit = 1u << (queue - runqueues);
	queue_count = queue - runqueues + 1;
}

/* `runner` comes before `next` in the ring. */
static void ring_insert(struct runner *runner, struct runner *next)
{
	runner->next = next;
	runner->prev = next->prev;
	next->prev = next->prev->next = runner;
}

static void ring_remove(struct runner *runner)
{
	runner->next->prev = runner->prev;
	runner->prev->next = runner->next;
}

/* Envs ready or running there. */
static uint32_t count_contenders(const struct runqueue *queue)
{
	return queue->queued + (queue->owner != NULL);
}

/* `runner` is the last in the ring, and one of n that are ready or run there. */
static void begin_wait(struct runqueue *queue, struct runner *runner, uint32_t n, uint32_t now)
{
	runner->on = queue;
	runner->since = now;
	runner->round = queue->round;
	runner->contenders = n;
}

/* `first`: somebody who is not in the queue has a turn before. */
static COLD void append_waiter(struct runqueue *queue, struct runner *runner, bool first,
                               uint32_t now)
{
	ring_insert(runner, &queue->ring);
	begin_wait(queue, runner, ++queue->queued + first, now);
	queue->round += queue->guest != NULL;
}

COLD void runqueue_remove(struct runner *runner)
{
	if (runner->on) {
		ring_remove(runner);
		runner->on->queued--;
		runner->on = NULL;
	}
}

static COLD struct runner *first_waiter(struct runqueue *queue)
{
	struct runner *first = queue->ring.next;

	first = first == &queue->ghost ? first->next : first;
	return first == &queue->ring ? NULL : first;
}

static COLD void drop_ghost(struct runqueue *queue)
{
	if (queue->guest) {
		ring_remove(&queue->ghost);
		queue->guest = NULL;
	}
}

/* `runner`, which ran, is ready: in the place that was kept for it, or last. */
static COLD void requeue(struct runqueue *queue, struct runner *runner, bool first, uint32_t now)
{
	if (queue->guest == runner) {
		ring_insert(runner, &queue->ghost);
		runner->on = queue;
		queue->queued++;
		drop_ghost(queue);
	} else {
		append_waiter(queue, runner, first, now);
	}
}

COLD void runqueue_forget(const struct runner *runner)
{
	for (struct runqueue *queue = runqueues; queue < runqueues + queue_count; queue++) {
		queue->owner = queue->owner == runner ? &queue->departed : queue->owner;
		if (queue->guest == runner) {
			drop_ghost(queue);
		}
	}
}

/* ---- hints ---- */

COLD uint32_t runqueue_hinted(const struct runner *runner, enum hint kind)
{
	return is_after(runner->until[kind], runqueue_age) ? runner->hint[kind] : 0;
}

/* The CPU whose queue it prefers; `queue` if it has no wish. */
static COLD struct runqueue *preferred_queue(struct runner *runner, struct runqueue *queue)
{
	uint32_t cpu = runner->hints ? runqueue_hinted(runner, HINT_CPU) : 0;

	return cpu && !queue->muted ? &runqueues[cpu - 1] : queue;
}

/* May somebody come before those who wait here? The ghost's guest does, too. */
static bool may_overtake(const struct runqueue *queue)
{
	const struct runner *first = queue->ring.next;

	return !queue->muted && (first == &queue->ring || first->round == queue->round);
}

COLD bool runqueue_advance(struct runner *runner)
{
	struct runqueue *queue = runner->on;

	if (!queue || !may_overtake(queue)) {
		return false;
	}
	ring_remove(runner);
	ring_insert(runner, queue->ring.next);
	queue->round++;
	return true;
}

/* ---- turns ---- */

/* The slice of who has hints or debts, or of anybody while hints do not count. */
static COLD uint32_t unusual_slice(struct runqueue *queue, struct runner *runner)
{
	uint32_t weight = runqueue_hinted(runner, HINT_WEIGHT);
	uint32_t debt = runner->debt;

	for (int kind = 0; kind < HINT_KINDS; kind++) { /* what has expired costs no more */
		runner->hint[kind] = runqueue_hinted(runner, kind);
	}
	runner->debt = 0;
	if (queue->muted) {
		queue->muted--;
		weight = 0;
	}
	return (weight ? weight : 1) * runqueue_quantum - debt;
}

static inline struct runner *begin_turn(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	uint32_t slice = runqueue_quantum;

	queue->owner = runner;
	if (runner->hints | runner->debt | queue->muted) {
		slice = unusual_slice(queue, runner);
	}
	queue->slice_end = now + slice;
	runner->slices++;
	return runner;
}

/* A wait of more than 4 quanta: longer than the bound? Then the culprit is whose turn it is or just
 * was, if that is too long. */
static COLD void check_bound(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	uint32_t extension = HINT_EXTENSION(runqueue_quantum), n = runner->contenders;
	uint32_t had = queue->extended ? extension / 2 : 0; /* of it, at slice_end */

	if (n && now - runner->since > n * (HINT_WEIGHT_MAX * runqueue_quantum + extension)) {
		runner->contenders = 0; /* once is enough */
		queue->breaches++;
		queue->muted = MUTED_ROUNDS * (queue->queued + 1);
		runqueue_breached(queue, runner,
		                  is_after(now, queue->slice_end + extension - had) ? queue->owner
		                                                                    : NULL);
	}
}

/* Looks at a wait in this queue, which lasts or ends. */
static inline void measure_wait(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	uint32_t wait = now - runner->since;

	if (wait > runner->longest) {
		runner->longest = wait;
	}
	if (wait > queue->longest) {
		queue->longest = wait;
	}
	if (wait > HINT_WEIGHT_MAX * runqueue_quantum) {
		check_bound(queue, runner, now);
	}
}

/* By how much its turn ended too late, if it did. */
static COLD void charge_overrun(struct runner *owner, int32_t late)
{
	owner->debt += late > 0 ? late : 0;
	if (owner->debt > runqueue_quantum / 2) {
		owner->debt = runqueue_quantum / 2;
	}
}

COLD bool runqueue_call(const struct runqueue *queue, struct runner *runner, uint32_t now)
{
	if ((int32_t)(queue->slice_end - now) < (int32_t)(runqueue_quantum / CALL_LEAST)) {
		return false; /* for so little it would lose its place, again and again */
	}
	measure_wait(runner->on, runner, now);
	runqueue_remove(runner);
	return true;
}

/* A turn on `queue` of a runner that waits there, or in another queue. */
static COLD struct runner *take_turn(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	measure_wait(runner->on, runner, now);
	runqueue_remove(runner);
	drop_ghost(queue);
	if (queue->owner) {
		charge_overrun(queue->owner, now - queue->slice_end);
	}
	queue->altered = queue->extended = false;
	queue->lends = 0;
	return begin_turn(queue, runner, now);
}

/* `queue` itself if nowhere are more. */
static COLD struct runqueue *longest_queue(struct runqueue *queue)
{
	struct runqueue *longest = queue;

	for (uint32_t i = 0; i < queue_count; i++) {
		longest = count_contenders(&runqueues[i]) > count_contenders(longest)
		                  ? &runqueues[i]
		                  : longest;
	}
	return longest;
}

COLD struct runner *runqueue_take(struct runqueue *queue, uint32_t now)
{
	struct runner *first = first_waiter(queue);

	if (!first) {
		struct runqueue *longest = longest_queue(queue);

		queue->owner = NULL;
		first = count_contenders(longest) > 1 ? first_waiter(longest) : NULL;
	}
	return first ? take_turn(queue, first, now) : NULL;
}

/* The same where a slice was extended or lent. */
static COLD struct runner *yield_altered_slice(struct runqueue *queue, struct runner *runner,
                                               uint32_t now)
{
	uint32_t left = queue->slice_end - now;

	if (queue->extended && (int32_t)left > 0) { /* not all of it was needed */
		queue->owner->debt -= left < queue->owner->debt ? left : queue->owner->debt;
	}
	requeue(queue, runner, false, now);
	return take_turn(queue, first_waiter(queue), now);
}

struct runner *runqueue_yield(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	struct runner *first = queue->ring.next;

	if (queue->altered) {
		return yield_altered_slice(queue, runner, now);
	}
	ring_remove(first); /* one comes and one goes: as many as before */
	ring_insert(runner, &queue->ring);
	first->on = NULL;
	begin_wait(queue, runner, queue->queued + 1, now);
	measure_wait(queue, first, now);
	return begin_turn(queue, first, now);
}

COLD struct runner *runqueue_exchange(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	struct runner *longest = NULL;
	struct runqueue *to;

	for (uint32_t i = 0; i < queue_count; i++) {
		struct runner *first = first_waiter(&runqueues[i]);

		if (first && preferred_queue(first, queue) == queue &&
		    (!longest || is_after(longest->since, first->since))) {
			longest = first;
		}
	}
	if (longest) {
		to = preferred_queue(runner, longest->on);
		take_turn(queue, longest, now);
		append_waiter(to, runner, to->owner, now);
	}
	return longest;
}

/* From a queue that is longer by two the last one comes here, if it has not had more than `runner`,
 * who runs here. Its wait goes on: fewer are in front of it here, and nobody has overtaken it, or
 * else it could be moved to and fro and overtaken each time. */
static COLD void pull_last(struct runqueue *queue, const struct runner *runner, uint32_t now)
{
	struct runqueue *longest = longest_queue(queue);
	struct runner *last = longest->ring.prev;

	if (count_contenders(longest) > count_contenders(queue) + 1 && last != &longest->ghost &&
	    last->round == longest->round && !is_after(last->laps, runner->laps) &&
	    preferred_queue(last, queue) == queue) {
		uint32_t since = last->since, n = last->contenders;

		runqueue_remove(last);
		append_waiter(queue, last, true, now);
		last->since = since;
		last->contenders = n;
	}
}

COLD enum turn runqueue_tick(struct runqueue *queue, struct runner *runner, uint32_t now, bool hold)
{
	int32_t extension = HINT_EXTENSION(runqueue_quantum) / 2, grace = runqueue_quantum / 64;
	int32_t late = now - queue->slice_end, n = 2;

	for (struct runner *waits = queue->ring.next; waits != &queue->ring && n--;
	     waits = waits->next) {
		if (waits != &queue->ghost) {
			measure_wait(queue, waits, now);
		}
	}
	pull_last(queue, runner, now);
	if (late < -grace) {
		return TURN_GOES_ON;
	}
	if (hold && late < extension / 2 && !queue->extended && !queue->muted) {
		queue->altered = queue->extended = true;
		queue->slice_end += extension;
		queue->owner->debt += extension;
		return TURN_EXTENDED;
	}
	return TURN_OVER;
}

/* The head of another queue that is behind `next`, who would run here; NULL. */
static COLD struct runner *find_behind(struct runqueue *queue, const struct runner *next)
{
	struct runner *most = NULL;
	uint32_t laps = next->laps - LAPS_BEHIND + 1;

	for (uint32_t i = 0; i < queue_count && may_overtake(queue); i++) {
		struct runner *first = first_waiter(&runqueues[i]);

		if (&runqueues[i] != queue && first && is_after(laps, first->laps) &&
		    preferred_queue(first, queue) == queue) {
			laps = first->laps;
			most = first;
		}
	}
	return most;
}

/* Whose turn it was has used up a slice. */
static COLD void count_lap(struct runqueue *queue)
{
	struct runner *runner = queue->owner;

	if (is_after(most_laps - LAPS_KEPT, runner->laps)) {
		runner->laps = most_laps - LAPS_KEPT;
	}
	queue->laps = ++runner->laps;
	if (is_after(runner->laps, most_laps)) {
		most_laps = runner->laps;
	}
}

COLD struct runner *runqueue_rotate(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	struct runqueue *to = preferred_queue(runner, queue);
	struct runner *other = first_waiter(queue);

	count_lap(queue);
	other = find_behind(queue, other ? other : runner);
	queue->round += other != NULL;
	if (other && to == queue && !other->on->owner) {
		to = other->on; /* that CPU is late, and shall have somebody when it comes */
	}
	if (to == queue || (queue->queued == 0 && !other && !(runqueue_idle & to->bit))) {
		requeue(queue, runner, other, now); /* this CPU shall not be idle */
	} else {
		append_waiter(to, runner, to->owner, now);
	}
	other = other ? other : first_waiter(queue);
	return other ? take_turn(queue, other, now) : NULL;
}

COLD bool runqueue_lend(struct runqueue *queue, struct runner *runner, struct runner *to,
                        uint32_t now)
{
	if (to->on != queue || queue->lends == HINT_CHAIN_MAX || queue->muted) {
		return false;
	}
	queue->lends++;
	queue->altered = true;
	requeue(queue, runner, false, now);
	drop_ghost(queue);
	measure_wait(queue, to, now);
	ring_insert(&queue->ghost, to);
	queue->ghost.round = to->round;
	queue->guest = to;
	queue->round++;
	runqueue_remove(to);
	return true;
}

/* ---- arrival ---- */

static inline __attribute__((always_inline)) void append_awake(struct runqueue *queue,
                                                               struct runner *runner, uint32_t now)
{
	if (is_after(queue->laps, runner->laps)) {
		runner->laps = queue->laps; /* who slept is not behind */
	}
	append_waiter(queue, runner, queue->owner, now);
}

COLD void runqueue_append(struct runner *runner, struct runqueue *queue, uint32_t now)
{
	append_awake(queue, runner, now);
}

COLD struct runqueue *runqueue_arrive(struct runner *runner, struct runqueue *last, uint32_t now)
{
	struct runqueue *queue = preferred_queue(runner, last);

	if (runqueue_idle) {
		if (!(runqueue_idle & queue->bit)) {
			queue = &runqueues[__builtin_ctz(runqueue_idle)];
		}
		queue->laps = most_laps; /* who is idle has left nobody behind */
	}
	append_awake(queue, runner, now);
	if (runner->hints && runqueue_hinted(runner, HINT_NEXT)) {
		runner->ignored += !runqueue_advance(runner);
	}
	return queue;
}
