/* Accomplices with all the hints there are push nobody past the bound, as the kernel measures it: a
 * wait with n contenders at its beginning lasts at most n * (4 + 1/4) ticks.
 *
 * Where instructions are counted the emulator runs one CPU after another, each up to some event, so
 * that the timers of the others come late by milliseconds; it goes on to the next CPU at a `pause`.
 * So whoever calculates pauses often. */
/* icount: 8 */
/* timeout: 180 */
#define PEERS_MAX 12
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { HOSTILE = 3, VICTIMS = 3, RUN_MS = 4000 };

static envid_t hostile[HOSTILE], victim[VICTIMS], sleeper;
static volatile uint32_t count[VICTIMS], naps;
static volatile bool started;

static void calculate(uint32_t steps)
{
	for (volatile uint32_t k = 0; k < steps; k++) {
		if (k % 64 == 0) {
			asm volatile("pause");
		}
	}
}

/* Controls the other accomplices and, for good measure, advises everybody. */
static void floods(uint32_t arg)
{
	while (!started) {
		sys_yield();
	}
	for (uint32_t i = arg;; i++) {
		envid_t friend = hostile[i % HOSTILE];

		sched_hold();
		(void)sched_weight(friend, HINT_WEIGHT_MAX, 1000);
		(void)sched_next(friend, 1000);
		(void)sched_cpu(friend, 0, 1000);
		(void)sched_next(victim[i % VICTIMS], 1000);
		(void)sched_weight(0, HINT_WEIGHT_MAX, 1000);
		(void)sched_yield_to(friend);
		(void)sched_yield_to(0x7FFFF000);
		asm volatile("pause");
		if (i % 64 == 0) {
			calculate(2000000); /* all of a long slice */
			ipc_sleep_us(1);    /* becomes ready again, and `next` counts */
		}
	}
}

static void spins(uint32_t arg)
{
	for (;;) {
		calculate(64);
		count[arg]++;
	}
}

static void sleeps(uint32_t arg)
{
	for (;; naps++) {
		ipc_sleep_us(1000 + arg);
	}
}

int main(void)
{
	struct sched_cpu_info cpu;
	struct sched_info info;
	uint32_t worst = 0;

	for (uint32_t i = 0; i < HOSTILE; i++) {
		hostile[i] = peer_start(floods, i);
		CHECK_EQ(sys_env_set(hostile[i], ENV_SLOTS, 0), OK); /* leaves us some */
	}
	for (uint32_t i = 0; i < HOSTILE - 1;
	     i++) { /* a chain of control, so that hints are allowed */
		CHECK_EQ(sys_env_set(hostile[i], ENV_CONTROLLER, hostile[i + 1]), OK);
	}
	for (uint32_t i = 0; i < VICTIMS; i++) {
		victim[i] = peer_start(spins, i);
	}
	sleeper = peer_start(sleeps, 0);
	started = true;
	sleep_ms(RUN_MS);
	for (uint32_t i = 0; sched_query_cpu(i, &cpu) == OK; i++) {
		printf("CPU %u: longest wait %u us, %u ticks\n", i, cpu.longest_us, cpu.ticks);
		CHECK_EQ(cpu.breaches, 0);
		worst = cpu.longest_us > worst ? cpu.longest_us : worst;
	}
	CHECK(worst > 0);
	CHECK_EQ(sched_query(sleeper, &info), OK);
	printf("sleeper: %u naps, longest wait %u us\n", naps, info.longest_us);
	CHECK(info.longest_us <= worst && naps > RUN_MS / 400);
	for (uint32_t i = 0; i < VICTIMS; i++) {
		CHECK_EQ(sched_query(victim[i], &info), OK);
		printf("victim %u: %u turns, longest wait %u us\n", i, info.slices,
		       info.longest_us);
		CHECK(info.slices > 0 && info.longest_us <= worst && count[i] > 0);
	}
	CHECK_EQ(sched_query(hostile[0], &info), OK);
	printf("%u hints ignored\n", info.ignored);
	CHECK(info.ignored > 100);
	return 0;
}
