/* Envs that only calculate, with weights, for a while; and what each got of the CPUs.
 *
 * With one CPU that is what each has counted. With several in a virtual machine that counts instructions
 * the CPUs take turns at being executed, some milliseconds each, so counts say little: there it
 * is the turns of each. */
#ifndef PARLEY_TESTS_GUEST_SHARES_H
#define PARLEY_TESTS_GUEST_SHARES_H

#define PEERS_MAX 16
#include "libsys/sched.h"
#include "tests/guest/peers.h"

static volatile uint32_t shares_count[PEERS_MAX];
static volatile bool shares_end;

static inline void shares_spin(uint32_t arg)
{
	while (!shares_end) {
		shares_count[arg]++;
	}
}

/* n spinners, number i with weight(i), for so long. Each must be within `permille` of its share. */
static inline void shares_check(uint32_t n, uint32_t (*weight)(uint32_t), uint32_t ms,
                                uint32_t permille)
{
	envid_t id[PEERS_MAX];
	struct sysinfo system;
	uint32_t weights = 0, turns[PEERS_MAX];
	uint64_t counts = 0, quanta = 0;

	CHECK_EQ(sys_sysinfo(&system), OK);
	CHECK(n <= PEERS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		id[i] = peer_make(shares_spin, i);
		CHECK_EQ(sys_env_set(id[i], ENV_SLOTS, 0), OK); /* leaves us some */
		CHECK_EQ(sched_weight(id[i], weight(i), HINT_MS_MAX), 1);
	}
	for (uint32_t i = 0; i < n; i++) {
		env_run(id[i]);
	}
	sleep_ms(ms);
	shares_end = true;
	for (uint32_t i = 0; i < n; i++) { /* without the kernel: all at one moment */
		turns[i] = record(id[i])->runs;
		weights += weight(i);
		quanta += turns[i] * weight(i);
		counts += shares_count[i];
	}
	peers_end();
	for (uint32_t i = 0; i < n; i++) {
		uint64_t part = system.ncpu == 1 ? shares_count[i] : turns[i] * weight(i);
		uint64_t whole = system.ncpu == 1 ? counts : quanta;
		uint32_t share = (uint32_t)(part * weights * 1000 / (whole * weight(i)));

		printf("%u: weight %u, %u turns, %u/1000 of its share\n", i, weight(i), turns[i],
		       share);
		CHECK(share > 1000 - permille && share < 1000 + permille);
	}
}

#endif
