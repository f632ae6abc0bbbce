/* How fast the time-stamp counter and the local APIC timer count, beside a counter whose rate is
 * known (time.c). Pure: readings go in, a verdict comes out.
 *
 *      reading  reading   ...   reading  reading   ...   reading
 *         |<--- an interval: ----->|<------- the next ------>|
 *             at least `length`
 *             known counts
 *
 * A host may take the CPU away between any two readings, for so long that the known counter goes
 * round. So an interval is trusted only if no eighth of it, by the TSC, lies between two readings:
 * time that the known counter did not count would be nearly all of it. Eight such stalls in one
 * interval, nearly a round each, would pass that, and make the TSC look 27 times as fast as it is,
 * or more: faster than any (tsc_most). Two trusted neighbours whose rates agree are the
 * measurement, as one interval. So a reading that was torn, which makes one neighbour longer and
 * the other shorter, is seen as well. When too few agree the intervals become longer: a counter may
 * move in large steps. In the end they are short again: a host with much other work leaves a short
 * one alone sooner than a long one. */
#pragma once

#include "kernel/abi/types.h"

struct reading {
	uint64_t tsc;
	uint32_t timer, known; /* counts down; counts up, and goes round */
};

struct interval {
	uint32_t tsc, timer, known; /* counts; `known` 0: not to be trusted */
};

struct calibration {
	uint32_t mask;     /* of the known counter */
	uint32_t length;   /* known counts of an interval, at least; at most mask / 128 at first */
	uint32_t tsc_most; /* TSC counts in a known one, at most */
	/* The rest starts as 0. */
	struct interval last, result;
	struct reading start;     /* of the interval that goes on */
	uint64_t before, gap;     /* the TSC at the last reading; the longest time between two */
	uint32_t progress, still; /* known counts seen; readings since */
	uint32_t intervals;
};

enum calibration_verdict {
	CALIBRATION_GOES_ON,
	CALIBRATION_DONE,         /* see `result` */
	CALIBRATION_STANDS_STILL, /* the known counter does not count */
	CALIBRATION_DISAGREES,    /* no two neighbours agree */
};

/* The first reading starts the first interval. */
enum calibration_verdict calibration_add(struct calibration *c, const struct reading *reading);
