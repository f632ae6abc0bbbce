/* Envs that only calculate, with weights, for a while; and what each got of the CPUs.
 *
 * Each counts, so counts are shares of the time, if all CPUs count equally fast. Where instructions
 * are counted the emulator runs one CPU after another, each up to some event, but goes on to the
 * next one at a `pause`: so everybody pauses after as many steps, far less than a tick's worth. */
#pragma once

#define PEERS_MAX 16
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { SHARES_STEPS = 1000 };

static volatile uint32_t shares_count[PEERS_MAX];
static volatile bool shares_end;

static inline void shares_spin(uint32_t arg)
{
	while (!shares_end) {
		for (uint32_t i = 0; i < SHARES_STEPS; i++) {
			asm volatile("");
		}
		shares_count[arg]++;
		asm volatile("pause");
	}
}

/* n spinners, number i with weight(i), for so long. Each must be within `permille` of its share. */
static inline void shares_check(uint32_t n, uint32_t (*weight)(uint32_t), uint32_t ms,
                                uint32_t permille)
{
	envid_t id[PEERS_MAX];
	uint32_t weights = 0;
	uint64_t counts = 0;

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
	peers_end();
	for (uint32_t i = 0; i < n; i++) {
		weights += weight(i);
		counts += shares_count[i];
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t share = (uint32_t)((uint64_t)shares_count[i] * weights * 1000 /
		                            (counts * weight(i)));

		printf("%u: weight %u, %u steps, %u/1000 of its share\n", i, weight(i),
		       shares_count[i], share);
		CHECK(share > 1000 - permille && share < 1000 + permille);
	}
}
