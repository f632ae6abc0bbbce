/* Time. Microseconds come from the TSC by multiply and shift; ticks are 2^13 of them, so nothing is
 * lost when no timer interrupt comes for a while. */
#include "kernel/machine/time.h"

#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"
#include "kernel/machine/apic.h"
#include "kernel/machine/calibrate.h"

enum {
	PIT_HZ = 1193182, /* 8254, driven by 14.31818 MHz / 12 */
	PIT_CONTROL = 0x43,
	PIT_CHANNEL2 = 0x42,
	PIT_GATE = 0x61,         /* bit 0: gate of channel 2, bit 1: speaker */
	ACPI_TIMER_HZ = 3579545, /* ACPI 6.4, 4.8.3.3; 24 bits of it, at least */
	INTERVALS_HZ = 4000,     /* intervals to measure over: 1/4 ms */
};

#define TSC_HZ_MAX 16000000000ull

uint32_t time_tsc_per_ms, time_timer_per_tick;
static uint32_t us_per_tsc; /* microseconds per TSC count, times 2^32 */
static uint64_t tsc_start;

uint32_t time_mul_div(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t high, low;

	asm("mull %2" : "=a"(low), "=d"(high) : "rm"(b), "a"(a));
	asm("divl %2" : "+a"(low), "+d"(high) : "rm"(c));
	return low;
}

/* ---- calibration ---- */

static INIT_DATA uint32_t acpi_timer; /* its port, 0: none */

static INIT uint32_t pit_count(void)
{
	uint8_t low;

	outb(PIT_CONTROL, 0x80); /* latch channel 2 */
	low = inb(PIT_CHANNEL2);
	return ~(low | inb(PIT_CHANNEL2) << 8);
}

static INIT uint32_t acpi_count(void)
{
	return inl(acpi_timer);
}

static INIT enum calibration_verdict measure_clocks(struct calibration *c, uint32_t (*known)(void))
{
	enum calibration_verdict verdict = CALIBRATION_GOES_ON;

	apic_timer_set(~0u);
	while (verdict == CALIBRATION_GOES_ON) {
		struct reading r;

		r.known = known();
		r.timer = apic_timer_left();
		r.tsc = rdtsc();
		verdict = calibration_add(c, &r);
	}
	apic_timer_set(0);
	tsc_start = c->start.tsc;
	return verdict;
}

static INIT const char *verdict_text(enum calibration_verdict verdict)
{
	return verdict == CALIBRATION_STANDS_STILL ? "stands still"
	                                           : "and the local APIC timer do not agree";
}

/* Counts per ms into *tsc, *timer; what was measured with. */
static INIT const char *calibrate_clocks(uint32_t *tsc, uint32_t *timer)
{
	struct calibration c = {
		.mask = 0xFFFF, .length = PIT_HZ / INTERVALS_HZ, .tsc_most = TSC_HZ_MAX / PIT_HZ};
	enum calibration_verdict verdict;
	const char *with = "8254";
	uint32_t hz = PIT_HZ;

	outb(PIT_GATE, (inb(PIT_GATE) & ~2) | 1);
	outb(PIT_CONTROL, 0xB0); /* channel 2, low then high byte, mode 0 */
	outb(PIT_CHANNEL2, 0xFF);
	outb(PIT_CHANNEL2, 0xFF);
	verdict = measure_clocks(&c, pit_count);
	if (verdict != CALIBRATION_DONE) {
		const char *pit = verdict_text(verdict);

		if (!acpi_timer) {
			boot_stop("the 8254 %s, and no ACPI timer is named", pit);
		}
		with = "ACPI timer";
		hz = ACPI_TIMER_HZ;
		c = (struct calibration){.mask = 0xFFFFFF,
		                         .length = ACPI_TIMER_HZ / INTERVALS_HZ,
		                         .tsc_most = TSC_HZ_MAX / ACPI_TIMER_HZ};
		verdict = measure_clocks(&c, acpi_count);
		if (verdict != CALIBRATION_DONE) {
			boot_stop("the 8254 %s, the ACPI timer at port 0x%x %s", pit, acpi_timer,
			          verdict_text(verdict));
		}
	}
	*tsc = time_mul_div(c.result.tsc, hz / 1000, c.result.known);
	*timer = time_mul_div(c.result.timer, hz / 1000, c.result.known);
	return with;
}

INIT void time_init(uint32_t acpi_timer_port)
{
	uint32_t timer_per_ms;
	const char *with;

	acpi_timer = acpi_timer_port;
	with = calibrate_clocks(&time_tsc_per_ms, &timer_per_ms);
	time_timer_per_tick = time_mul_div(timer_per_ms, TICK_US, 1000);
	if (time_tsc_per_ms <= 1000 || time_timer_per_tick == 0) {
		boot_stop("the clocks are too slow: %u TSC counts and %u timer counts per ms",
		          time_tsc_per_ms, timer_per_ms);
	}
	us_per_tsc = time_mul_div(1000, 0x80000000, time_tsc_per_ms) * 2;
	debug_log("clock: %u TSC counts per ms, %u timer counts per tick (%s)\n", time_tsc_per_ms,
	          time_timer_per_tick, with);
}

uint64_t time_us(void)
{
	uint64_t tsc = rdtsc() - tsc_start;
	uint32_t high = tsc >> 32;

	return (uint64_t)high * us_per_tsc + ((uint64_t)(uint32_t)tsc * us_per_tsc >> 32);
}

uint32_t time_beats_us(uint32_t beats)
{
	return (uint64_t)beats * us_per_tsc >> (32 - BEAT_SHIFT);
}
