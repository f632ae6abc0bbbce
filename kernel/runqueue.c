/* The rules of the run queues (DESIGN.md, "Scheduling and time", has the proof of the bound).
 *
 *   ring -> [first] -> [ghost] -> [ ... ] -> [last] -> ring        new ones come last
 *
 * A turn begins when a runner is taken from a queue and lasts for its slice, whoever runs on it by IPC.
 *
 *   - A runner that waits is overtaken at most once: by a hint `next`, or by a runner that comes from another
 *     queue because it is behind. Either sets the marker to now, and is possible only when everybody has gone who
 *     came before the marker.
 *   - Who runs on a lent slice keeps its place: the ghost stands there, until it comes back or a turn begins.
 *   - Slices that were too long, by an extension or a late timer, are paid with the next one.
 *   - Laps even out queues: before somebody runs whose turn it is, a slice being used up, the head of another queue
 *     does that has used up LAPS_BEHIND slices fewer. What one can be behind is LAPS_KEPT: the past is forgotten.
 *
 * All operations are O(1) in the number of runners. The caller serializes them. */
#include "kernel/runqueue.h"

enum {
	LAPS_BEHIND = 2,
	LAPS_KEPT = 16,
	MUTED_ROUNDS = 8,
	EXTRA_TIME = 0x100,
	TURN_MAX = HINT_WEIGHT_MAX + 1, /* quanta, with extension and lateness */
};

struct runqueue runqueues[NCPU_MAX];
uint32_t runqueue_quantum;
uint32_t runqueue_age;
uint32_t runqueue_idle;
static uint32_t count;     /* of queues in use */
static uint32_t most_laps; /* that anybody has */

static bool is_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* ---- the ring ---- */

void runqueue_init(struct runqueue *queue)
{
	queue->ring.next = queue->ring.prev = &queue->ring;
	queue->bit = 1u << (queue - runqueues);
	count = queue - runqueues + 1;
}

/* `runner` comes before `next` in the ring. */
static void link(struct runner *runner, struct runner *next)
{
	runner->next = next;
	runner->prev = next->prev;
	next->prev = next->prev->next = runner;
}

static void unlink(struct runner *runner)
{
	runner->next->prev = runner->prev;
	runner->prev->next = runner->next;
}

static inline void append(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	link(runner, &queue->ring);
	runner->on = queue;
	runner->since = now;
	runner->contenders = ++queue->queued + 1;
}

void runqueue_remove(struct runner *runner)
{
	if (runner->on) {
		unlink(runner);
		runner->on->queued--;
		runner->on = NULL;
	}
}

static inline struct runner *head(struct runqueue *queue)
{
	struct runner *first = queue->ring.next;

	first = first == &queue->ghost ? first->next : first;
	return first == &queue->ring ? NULL : first;
}

static inline void drop_ghost(struct runqueue *queue)
{
	if (queue->guest) {
		unlink(&queue->ghost);
		queue->guest = NULL;
	}
}

/* `runner`, which ran, is ready: in the place that was kept for it, or last. */
static inline void put_back(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	if (queue->guest == runner) {
		link(runner, &queue->ghost);
		runner->on = queue;
		queue->queued++;
		drop_ghost(queue);
	} else {
		append(queue, runner, now);
	}
}

/* ---- hints ---- */

void runqueue_hint(struct runner *runner, enum hint kind, uint32_t value, uint32_t ages)
{
	runner->hint[kind] = value;
	runner->until[kind] = runqueue_age + ages;
}

uint32_t runqueue_hinted(struct runner *runner, enum hint kind)
{
	if (!is_after(runner->until[kind], runqueue_age)) {
		runner->hint[kind] = 0;
	}
	return runner->hint[kind];
}

/* The CPU whose queue it prefers; `queue` if it has no wish. */
static struct runqueue *preferred(struct runner *runner, struct runqueue *queue)
{
	uint32_t cpu = runner->hints ? runqueue_hinted(runner, HINT_CPU) : 0;

	return cpu && !queue->muted ? &runqueues[cpu - 1] : queue;
}

/* May somebody come before those who wait here? */
static bool may_overtake(const struct runqueue *queue)
{
	return !queue->muted &&
	       (queue->queued == 0 || is_after(queue->ring.next->since, queue->marker));
}

bool runqueue_advance(struct runner *runner, uint32_t now)
{
	struct runqueue *queue = runner->on;

	if (!queue || !may_overtake(queue)) {
		return false;
	}
	unlink(runner);
	link(runner, queue->ring.next);
	queue->marker = now;
	return true;
}

/* ---- turns ---- */

/* The slice of who has hints or debts, or of anybody while hints do not count. */
static uint32_t unusual_slice(struct runqueue *queue, struct runner *runner)
{
	uint32_t weight = runqueue_hinted(runner, HINT_WEIGHT);
	uint32_t debt = runner->debt;

	runner->debt = 0;
	if (queue->muted) {
		queue->muted--;
		weight = 0;
	}
	return (weight ? weight : 1) * runqueue_quantum - debt;
}

static inline struct runner *begin(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	uint32_t slice = runqueue_quantum;

	if (queue->extras) { /* else there is no ghost */
		drop_ghost(queue);
		queue->extras = 0;
	}
	if (runner->hints | runner->debt | queue->muted) {
		slice = unusual_slice(queue, runner);
	}
	queue->slice_end = now + slice;
	runner->slices++;
	return runner;
}

static void breach(struct runqueue *queue, struct runner *runner)
{
	queue->breaches++;
	queue->muted = MUTED_ROUNDS * (queue->queued + 1);
	queue->culprit = queue->late ? queue->late : queue->culprit;
	queue->late = NULL;
	runqueue_breached(queue, runner);
}

/* The wait of a runner in this queue ends. */
static inline void end_wait(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	uint32_t wait = now - runner->since;

	if (wait > runner->longest) {
		runner->longest = wait;
	}
	if (wait > queue->longest) {
		queue->longest = wait;
	}
	if (wait > TURN_MAX * runqueue_quantum &&
	    wait > runner->contenders * TURN_MAX * runqueue_quantum) {
		breach(queue, runner);
	}
}

/* A turn on `queue` of a runner that waits there, or in another queue. */
static inline struct runner *take(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	end_wait(runner->on, runner, now);
	runqueue_remove(runner);
	return begin(queue, runner, now);
}

/* `queue` itself if none is longer. */
static struct runqueue *longest_queue(struct runqueue *queue)
{
	struct runqueue *longest = queue;

	for (uint32_t i = 0; i < count; i++) {
		longest = runqueues[i].queued > longest->queued ? &runqueues[i] : longest;
	}
	return longest;
}

struct runner *runqueue_take(struct runqueue *queue, uint32_t now)
{
	struct runner *first = head(queue);

	first = first ? first : head(longest_queue(queue));
	return first ? take(queue, first, now) : NULL;
}

/* The same where a slice was extended or lent. */
static __attribute__((noinline)) struct runner *yield_rest(struct runqueue *queue,
                                                           struct runner *runner, uint32_t now)
{
	uint32_t left = queue->slice_end - now;

	if (queue->extras & EXTRA_TIME && (int32_t)left > 0) { /* not all of it was needed */
		runner->debt -= left < runner->debt ? left : runner->debt;
	}
	put_back(queue, runner, now);
	return take(queue, head(queue), now);
}

struct runner *runqueue_yield(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	struct runner *first = queue->ring.next;

	if (queue->extras) {
		return yield_rest(queue, runner, now);
	}
	unlink(first); /* one comes and one goes: as many as before */
	link(runner, &queue->ring);
	first->on = NULL;
	runner->on = queue;
	runner->since = now;
	runner->contenders = queue->queued + 1;
	end_wait(queue, first, now);
	return begin(queue, first, now);
}

enum turn runqueue_tick(struct runqueue *queue, struct runner *runner, uint32_t now, bool hold)
{
	int32_t extension = runqueue_quantum / 4, grace = runqueue_quantum / 64;
	int32_t late = now - queue->slice_end;

	if (may_overtake(queue)) { /* so that the marker is never too old to be compared */
		queue->marker = (queue->queued ? queue->ring.next->since : now) - 1;
	}
	if (late < -grace) {
		return TURN_GOES_ON;
	}
	if (hold && late < extension / 2 && !(queue->extras & EXTRA_TIME) && !queue->muted) {
		queue->extras |= EXTRA_TIME;
		queue->slice_end += extension;
		runner->debt += extension;
		return TURN_EXTENDED;
	}
	if (late > 0) {
		runner->debt += late;
	}
	if (runner->debt > runqueue_quantum / 2) {
		runner->debt = runqueue_quantum / 2;
	}
	if (late > (int32_t)runqueue_quantum) {
		queue->late = runner;
	}
	return TURN_OVER;
}

/* The head of another queue that is behind `next`, who would run here; NULL. */
static struct runner *behind(struct runqueue *queue, const struct runner *next)
{
	struct runner *most = NULL;
	uint32_t laps = next->laps - LAPS_BEHIND + 1;

	for (uint32_t i = 0; i < count && may_overtake(queue); i++) {
		struct runner *first = head(&runqueues[i]);

		if (&runqueues[i] != queue && first && is_after(laps, first->laps) &&
		    preferred(first, queue) == queue) {
			laps = first->laps;
			most = first;
		}
	}
	return most;
}

/* From a queue that is longer by two the last one comes here. */
static void even_out(struct runqueue *queue, uint32_t now)
{
	struct runqueue *longest = longest_queue(queue);
	struct runner *last = longest->ring.prev;

	if (longest->queued > queue->queued + 1 && last != &longest->ghost &&
	    preferred(last, queue) == queue) {
		runqueue_remove(last);
		append(queue, last, now);
	}
}

static void count_lap(struct runqueue *queue, struct runner *runner)
{
	if (is_after(most_laps - LAPS_KEPT, runner->laps)) {
		runner->laps = most_laps - LAPS_KEPT;
	}
	queue->laps = ++runner->laps;
	if (is_after(runner->laps, most_laps)) {
		most_laps = runner->laps;
	}
}

struct runner *runqueue_rotate(struct runqueue *queue, struct runner *runner, uint32_t now)
{
	struct runqueue *to = preferred(runner, queue);
	struct runner *other;

	count_lap(queue, runner);
	even_out(queue, now);
	other = head(queue);
	other = behind(queue, other ? other : runner);
	if (!other && queue->queued == 0 && !(runqueue_idle & to->bit)) {
		return begin(queue, runner, now); /* nobody waits, and this CPU shall not be idle */
	}
	if (other) {
		queue->marker = now;
	}
	if (to == queue) {
		put_back(queue, runner, now);
	} else {
		append(to, runner, now);
	}
	other = other ? other : head(queue);
	return other ? take(queue, other, now) : NULL;
}

bool runqueue_lend(struct runqueue *queue, struct runner *runner, struct runner *to, uint32_t now)
{
	if (to->on != queue || (queue->extras & ~EXTRA_TIME) == HINT_CHAIN_MAX || queue->muted) {
		return false;
	}
	queue->extras++;
	put_back(queue, runner, now);
	drop_ghost(queue);
	end_wait(queue, to, now);
	link(&queue->ghost, to);
	queue->ghost.since = to->since;
	queue->guest = to;
	runqueue_remove(to);
	return true;
}

/* ---- arrival ---- */

struct runqueue *runqueue_arrive(struct runner *runner, struct runqueue *last, uint32_t now)
{
	struct runqueue *queue = preferred(runner, last);

	if (runqueue_idle) {
		if (!(runqueue_idle & queue->bit)) {
			queue = &runqueues[__builtin_ctz(runqueue_idle)];
		}
		queue->laps = most_laps; /* who is idle has left nobody behind */
	}
	if (is_after(queue->laps, runner->laps)) {
		runner->laps = queue->laps; /* nor is who slept */
	}
	append(queue, runner, now);
	if (runner->hints && runqueue_hinted(runner, HINT_NEXT)) {
		runner->ignored += !runqueue_advance(runner, now);
	}
	return queue;
}
