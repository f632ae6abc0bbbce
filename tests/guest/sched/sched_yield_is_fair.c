/* Envs that only yield take turns: on one CPU each comes exactly once before the first comes again,
 * but for a tick now and then. */
/* smp: 1 */
#include "tests/guest/peers.h"

enum { YIELDERS = 4, TURNS = 2000 };

static volatile uint32_t turns, count[YIELDERS];

static void yields(uint32_t arg)
{
	(void)recv_word(0, NULL);
	while (turns < TURNS) {
		turns++;
		count[arg]++;
		sys_yield();
	}
}

int main(void)
{
	envid_t id[YIELDERS];
	uint32_t low = TURNS, high = 0;

	for (uint32_t i = 0; i < YIELDERS; i++) {
		id[i] = peer_start(yields, i);
		await_ipc(id[i], 0);
	}
	for (uint32_t i = 0; i < YIELDERS; i++) {
		CHECK_EQ(send_word(id[i], 0, 0), 0);
	}
	peers_end();
	for (uint32_t i = 0; i < YIELDERS; i++) {
		low = count[i] < low ? count[i] : low;
		high = count[i] > high ? count[i] : high;
	}
	if (high - low > TURNS / YIELDERS / 10) {
		printf("turns: %u to %u\n", low, high);
		return 1;
	}
	return 0;
}
