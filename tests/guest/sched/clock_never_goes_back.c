/* The clock seen by envs on different CPUs never goes back: what one read before it sent a message
 * is not later than what the other reads after. Ticks go with it. */
#include "tests/guest/peers.h"

enum { READERS = 3, ROUNDS = 300 };

static uint32_t tick_us;

static void checks(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	(void)arg;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint64_t sent, now;

		CHECK_EQ(ipc_reply_recv(client, &msg, 0), OK);
		now = clock_us();
		sent = (uint64_t)msg.w[1] << 32 | msg.w[0];
		CHECK(now >= sent);
		CHECK(now - sent < 30000000);
		client = msg.from;
		now = clock_us();
		msg = (struct ipc_msg){.w = {(uint32_t)now, (uint32_t)(now >> 32)}, .nwords = 2};
	}
	CHECK_EQ(ipc_reply(client, &msg), OK);
}

int main(void)
{
	envid_t id[READERS];
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	tick_us = info.tick_us;
	for (uint32_t i = 0; i < READERS; i++) {
		id[i] = peer_start(checks, 0);
	}
	for (uint32_t i = 0; i < READERS * ROUNDS; i++) {
		uint64_t now = clock_us();
		struct ipc_msg msg = {.w = {(uint32_t)now, (uint32_t)(now >> 32)}, .nwords = 2};
		uint32_t ticks = sys_clock_ticks();

		CHECK(ticks >= (uint32_t)(now / tick_us));
		CHECK(ticks <= (uint32_t)(clock_us() / tick_us));
		CHECK_EQ(ipc_call(id[i % READERS], &msg, 0), OK);
		CHECK(clock_us() >= ((uint64_t)msg.w[1] << 32 | msg.w[0]));
	}
	peers_end();
	return 0;
}
