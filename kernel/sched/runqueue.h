/* Run queues: who runs next and for how long, as rules on plain data. No locks, no clock, no
 * hardware: kernel/sched/sched.c gives them those, tests/host/runqueue_test.c drives them as they
 * are.
 *
 * Times are beats, 2^10 counts of the time-stamp counter, in 32 bits: they are only ever compared
 * over some minutes. What expires is told in ages of 2^24 counts, which last for months. */
#pragma once

#include "kernel/abi/hint.h"
#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

enum { AGE_SHIFT = 24 };

struct runqueue;

/* An env, as far as the queues know it. */
struct runner {
	struct runner *next, *prev; /* in a queue */
	struct runqueue *on;        /* that queue; NULL: in none */
	uint32_t since; /* when it came; a queue is in this order but for who overtook */
	uint32_t round; /* of the queue, when it came */
	/* Envs ready or running there then, itself included; 0: the wait was a breach. */
	uint32_t contenders;
	uint32_t laps; /* slices used up: compared across queues */
	uint32_t debt; /* beats to take off the next slice */
	union {        /* by enum hint, 0: none; CPU + 1 */
		uint8_t hint[HINT_KINDS];
		uint32_t hints; /* all, to see whether there are any */
	};
	uint32_t until[HINT_KINDS]; /* the age when each expires */
	uint32_t longest;           /* wait, in beats */
	uint32_t slices, ignored;
	uint32_t given, given_age; /* hints, in that age (hint.c) */
};

/* A ring, whose first node is no runner. A lent slice leaves the ghost in the place of whom it was
 * lent to. */
struct runqueue {
	struct runner ring, ghost, departed;
	struct runner *guest; /* whose place the ghost keeps; NULL: no ghost */
	uint32_t bit;         /* of its CPU in runqueue_idle */
	uint32_t queued;      /* runners in the ring */
	uint32_t round;       /* nobody is overtaken until all who came in others are gone */
	uint32_t slice_end;
	bool extended;  /* this slice was, once */
	bool altered;   /* extended, or lent: a yield has more to see to */
	uint8_t lends;  /* of this slice */
	uint32_t laps;  /* of the last that used up a slice here */
	uint32_t muted; /* slices to go without hints */
	uint32_t longest, breaches;
	struct runner *owner; /* of this turn; `departed`: has died; NULL: nobody runs */
};

extern struct runqueue runqueues[NCPU_MAX]; /* by CPU; those without a CPU stay empty */

/* Set by who uses this. */
extern uint32_t runqueue_quantum; /* in beats */
extern uint32_t runqueue_age;     /* now; may be behind by a tick */
extern uint32_t runqueue_idle;    /* bit per CPU that has nothing to run */

/* One CPU more. In the order of the CPUs. */
void runqueue_init(struct runqueue *queue);

/* A runner becomes ready: it queues at its preferred or last CPU, or at an idle one. Which. */
struct runqueue *runqueue_arrive(struct runner *runner, struct runqueue *last, uint32_t now);
/* The same, but it queues here, though a CPU be idle. */
void runqueue_append(struct runner *runner, struct runqueue *queue, uint32_t now);
/* Takes it out of its queue, if it is in one. */
void runqueue_remove(struct runner *runner);
/* Takes it out of its queue, in which it is, to run on what is left of the slice of `queue`: its
 * wait is over. False: that is too little, and it keeps its place. */
bool runqueue_call(const struct runqueue *queue, struct runner *runner, uint32_t now);
/* It dies, and is in no queue: its turn, or the place kept for it, is not that of the next one in
 * its slot. */
void runqueue_forget(const struct runner *runner);

/* Each of these begins a turn on `queue`; the one that ran there does not any more. */

/* The CPU has nobody: the first of this queue, else of the longest other one whose CPU has its
 * hands full, else NULL. */
struct runner *runqueue_take(struct runqueue *queue, uint32_t now);
/* `runner` gives up its turn to the first of the queue, which is not empty. */
struct runner *runqueue_yield(struct runqueue *queue, struct runner *runner, uint32_t now);
/* `runner`, whose turn is over, queues. Who runs next; itself if nobody waits; NULL: it went
 * elsewhere. */
struct runner *runqueue_rotate(struct runqueue *queue, struct runner *runner, uint32_t now);

/* `runner` gives up its turn, and nobody waits here: it changes places with the first of another
 * queue, with whom of them has waited longest, for that one's turn may not come (its CPU is late).
 * NULL: nobody waits anywhere. */
struct runner *runqueue_exchange(struct runqueue *queue, struct runner *runner, uint32_t now);

/* `runner` queues, and `to` runs on the rest of this slice. False: not possible, nothing
 * changed. */
bool runqueue_lend(struct runqueue *queue, struct runner *runner, struct runner *to, uint32_t now);

enum turn { TURN_GOES_ON, TURN_EXTENDED, TURN_OVER };
/* At a timer interrupt while `runner` runs: is the turn over? `hold`: it asks not to be
 * preempted. */
enum turn runqueue_tick(struct runqueue *queue, struct runner *runner, uint32_t now, bool hold);

/* The value of its hint of this kind now; 0: none. */
uint32_t runqueue_hinted(const struct runner *runner, enum hint kind);
/* Moves a runner to the head of the queue that it is in. False: it is in none, or not now. */
bool runqueue_advance(struct runner *runner);

/* Called when a wait was longer than the bound, once for a wait. The culprit may be NULL. Sched.c
 * tells who looks. */
void runqueue_breached(struct runqueue *queue, struct runner *runner, struct runner *culprit);
