/* The verdict on readings of the clocks: calibrate.h. Boot time only. */
#include "kernel/machine/calibrate.h"

#include "kernel/base/section.h"

enum {
	GAPS_MIN = 8, /* an interval has more gaps between readings than so many of the longest */
	TOLERANCE_SHIFT = 6, /* rates agree within 1/64, and a count */
	STILL_MAX = 50000,   /* readings in which the known counter does not move on */
	SAME_LENGTH = 8,     /* intervals, before they become twice as long */
	LENGTHS = 7,         /* then they are as short as at first again */
	INTERVALS_MAX = 4 * LENGTHS * SAME_LENGTH,
};

/* Whether counts a, in `known_a` known ones, are at the rate of b in known_b. */
static INIT bool rates_agree(uint32_t a, uint32_t known_a, uint32_t b, uint32_t known_b)
{
	uint64_t x = (uint64_t)a * known_b, y = (uint64_t)b * known_a;
	uint64_t apart = x > y ? x - y : y - x;

	return a && b && apart <= (x >> TOLERANCE_SHIFT) + known_a + known_b;
}

static INIT enum calibration_verdict end_interval(struct calibration *c,
                                                  const struct reading *reading)
{
	const struct interval *last = &c->last;
	uint64_t tsc = reading->tsc - c->start.tsc;
	struct interval now = {tsc, c->start.timer - reading->timer,
	                       (reading->known - c->start.known) & c->mask};

	if (tsc >> 32 || c->gap * GAPS_MIN > tsc || tsc > (uint64_t)c->tsc_most * now.known) {
		now.known = 0;
	}
	if (now.known && last->known && rates_agree(now.tsc, now.known, last->tsc, last->known) &&
	    rates_agree(now.timer, now.known, last->timer, last->known)) {
		c->result = (struct interval){last->tsc + now.tsc, last->timer + now.timer,
		                              last->known + now.known};
		return CALIBRATION_DONE;
	}
	c->last = now;
	c->start = *reading;
	c->gap = c->progress = c->still = 0;
	c->intervals++;
	if (c->intervals % (SAME_LENGTH * LENGTHS) == 0) {
		c->length >>= LENGTHS - 1;
	} else if (c->intervals % SAME_LENGTH == 0) {
		c->length *= 2;
	}
	return c->intervals < INTERVALS_MAX ? CALIBRATION_GOES_ON : CALIBRATION_DISAGREES;
}

INIT enum calibration_verdict calibration_add(struct calibration *c, const struct reading *reading)
{
	uint64_t gap = reading->tsc - c->before;
	uint32_t known;

	if (!c->before) {
		c->start = *reading;
		gap = 0;
	}
	c->before = reading->tsc;
	c->gap = gap > c->gap ? gap : c->gap;
	known = (reading->known - c->start.known) & c->mask;
	if (known >= c->length) {
		return end_interval(c, reading);
	}
	if (known > c->progress) {
		c->progress = known;
		c->still = 0;
	}
	return ++c->still > STILL_MAX ? CALIBRATION_STANDS_STILL : CALIBRATION_GOES_ON;
}
