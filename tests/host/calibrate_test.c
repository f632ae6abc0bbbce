/* kernel/machine/calibrate.c on simulated clocks, with a host that takes the CPU away: whatever it
 * does, a measurement that is accepted is right, and a host that leaves some time is measured. */
#include "kernel/machine/calibrate.h"

#include "tests/host/host_check.h"

enum { PIT_HZ = 1193182, ACPI_HZ = 3579545, RUNS = 5000 };

#define TSC_HZ_MAX 16000000000ull

/* A host: what it does to the guest at each access to a clock. */
struct host {
	double ns;        /* now */
	double access_ns; /* what an access takes */
	double tsc_hz, timer_hz, known_hz;
	double step_ns; /* the known counter moves in steps of so much */
	double stall_ns,
		odds; /* how long it stalls at most, how often: one access of so many; 0: never */
	double period_ns, run_ns; /* or so regularly: of each period it runs so long */
	uint32_t mask;
};

static uint64_t seed = 1;

static double random_below(double limit)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (double)(seed >> 33) / (double)(1ull << 31) * limit;
}

static void pass(struct host *host)
{
	host->ns += host->access_ns * (0.9 + random_below(0.2));
	if (host->odds > 0 && random_below(host->odds) < 1) {
		host->ns += random_below(host->stall_ns);
	}
	if (host->period_ns > 0) {
		double at =
			host->ns - host->period_ns * (double)(uint64_t)(host->ns / host->period_ns);

		host->ns += at > host->run_ns ? host->period_ns - at : 0;
	}
}

static struct reading read_clocks(struct host *host)
{
	struct reading r;
	double known = host->step_ns > 0
	                       ? (double)(uint64_t)(host->ns / host->step_ns) * host->step_ns
	                       : host->ns;

	r.known = (uint32_t)(uint64_t)(known * host->known_hz / 1e9) & host->mask;
	pass(host);
	r.timer = ~0u - (uint32_t)(uint64_t)(host->ns * host->timer_hz / 1e9);
	pass(host);
	r.tsc = 1000 + (uint64_t)(host->ns * host->tsc_hz / 1e9);
	pass(host);
	return r;
}

static enum calibration_verdict measure(struct host *host, struct calibration *c)
{
	enum calibration_verdict verdict = CALIBRATION_GOES_ON;

	*c = (struct calibration){.mask = host->mask,
	                          .length = (uint32_t)(host->known_hz / 4000),
	                          .tsc_most = (uint32_t)(TSC_HZ_MAX / host->known_hz)};
	while (verdict == CALIBRATION_GOES_ON) {
		struct reading r = read_clocks(host);

		verdict = calibration_add(c, &r);
	}
	return verdict;
}

/* How far the rate is from the true one, as a part of it. */
static double error_of(uint32_t counts, double hz, const struct calibration *c, double known_hz)
{
	double rate = (double)counts * known_hz / c->result.known;

	return rate > hz ? rate / hz - 1 : 1 - rate / hz;
}

static bool is_right(const struct host *host, const struct calibration *c)
{
	return error_of(c->result.tsc, host->tsc_hz, c, host->known_hz) < 0.02 &&
	       error_of(c->result.timer, host->timer_hz, c, host->known_hz) < 0.04;
}

static struct host pc(void)
{
	return (struct host){.ns = random_below(1e9),
	                     .access_ns = 20 + random_below(2000),
	                     .tsc_hz = 1e9 + random_below(3e9),
	                     .timer_hz = 1e6 + random_below(1e8),
	                     .known_hz = PIT_HZ,
	                     .mask = 0xFFFF};
}

static struct host odd_pc(int kind)
{
	struct host host = pc();

	if (kind == 1) {
		host.known_hz = ACPI_HZ;
		host.mask = 0xFFFFFF;
	} else if (kind == 2) { /* Bochs: 4 million instructions a second */
		host.access_ns = 1000;
		host.tsc_hz = 4e6;
		host.timer_hz = 250e3;
	} else if (kind == 3) { /* a browser: time moves in steps */
		host.step_ns = 1e3 + random_below(1e6);
	}
	return host;
}

static void undisturbed_is_measured_at_once(void)
{
	for (int i = 0; i < RUNS; i++) {
		struct host host = odd_pc(i % 4);
		double start = host.ns;
		struct calibration c;

		CHECK_EQ(measure(&host, &c), CALIBRATION_DONE);
		CHECK_EQ(is_right(&host, &c), true);
		CHECK_EQ(i % 4 == 3 || host.ns - start < 0.8e6 + 10 * host.access_ns, true);
	}
}

/* Stalls of up to 200 ms, often several in one interval. */
static void stalls_are_rejected(void)
{
	uint32_t measured = 0;

	for (int i = 0; i < RUNS; i++) {
		struct host host = odd_pc(i % 3);
		struct calibration c;

		host.odds = 10 + random_below(2000);
		host.stall_ns = 1e6 + random_below(2e8);
		if (measure(&host, &c) == CALIBRATION_DONE) {
			measured++;
			CHECK_EQ(is_right(&host, &c), true);
		}
	}
	CHECK_EQ(measured > RUNS / 4, true);
}

/* A host that gives the CPU for a moment at a time, and just so that the count comes round. */
static void regular_stalls_are_rejected(void)
{
	const double round_ns = 65536e9 / PIT_HZ;

	for (int i = 0; i < RUNS / 20; i++) {
		struct host host = pc();
		struct calibration c;

		host.access_ns = 500;
		host.run_ns = 1e4 + random_below(3e5);
		host.period_ns = round_ns * (1 + (int)random_below(3)) + random_below(4e5);
		if (measure(&host, &c) == CALIBRATION_DONE) {
			CHECK_EQ(is_right(&host, &c), true);
		}
	}
}

/* Stalls become rare after a while, be it a second: then it is measured. */
static void later_is_early_enough(void)
{
	for (int i = 0; i < RUNS / 10; i++) {
		struct host host = pc();
		uint32_t busy = random_below(200); /* intervals */
		struct calibration c = {.mask = host.mask,
		                        .length = PIT_HZ / 4000,
		                        .tsc_most = TSC_HZ_MAX / PIT_HZ};
		enum calibration_verdict verdict = CALIBRATION_GOES_ON;

		host.stall_ns = 1e8;
		for (int n = 0; verdict == CALIBRATION_GOES_ON; n++) {
			struct reading r;

			host.odds = c.intervals < busy ? 20 : 0;
			r = read_clocks(&host);
			verdict = calibration_add(&c, &r);
		}
		CHECK_EQ(verdict, CALIBRATION_DONE);
		CHECK_EQ(is_right(&host, &c), true);
	}
}

static void absent_counters_end_it(void)
{
	struct host host = pc();
	struct calibration c;

	host.known_hz = PIT_HZ;
	host.mask = 0; /* reads the same for ever */
	c = (struct calibration){.mask = 0xFFFF, .length = 298, .tsc_most = 13409};
	enum calibration_verdict verdict = CALIBRATION_GOES_ON;
	for (int n = 0; n < 100000 && verdict == CALIBRATION_GOES_ON; n++) {
		struct reading r = read_clocks(&host);

		verdict = calibration_add(&c, &r);
	}
	CHECK_EQ(verdict, CALIBRATION_STANDS_STILL);

	host = pc();
	host.timer_hz = 0;
	CHECK_EQ(measure(&host, &c), CALIBRATION_DISAGREES);
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(undisturbed_is_measured_at_once), TEST(stalls_are_rejected),
		TEST(regular_stalls_are_rejected),     TEST(later_is_early_enough),
		TEST(absent_counters_end_it),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
