/* Who yields shortly before the end of each slice has no more than its share of two CPUs: those count as used. */
/* icount: 16 */
/* smp: 2 */
/* timeout: 120 */
#define PEERS_MAX 4
#include "libsys/sched.h"
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/peers.h"

enum { PEERS = 4, YIELD_AT_US = 7100, RUN_MS = 8000 };

static volatile uint32_t count[PEERS];

/* A pause lets the emulator go on to the other CPU. */
static void work(uint32_t me)
{
	for (volatile uint32_t i = 0; i < 100; i++) {}
	count[me]++;
	asm volatile("pause");
}

static void spins(uint32_t me)
{
	for (;;) {
		work(me);
	}
}

static void yields(uint32_t me)
{
	for (;;) {
		uint64_t start = clock_us();

		while (clock_us() < start + YIELD_AT_US) {
			work(me);
		}
		sys_yield();
	}
}

int main(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < PEERS; i++) {
		env_run(peer_make(i == 0 ? yields : spins, i));
	}
	sleep_ms(RUN_MS);
	for (uint32_t i = 0; i < PEERS; i++) {
		sum += count[i];
	}
	for (uint32_t i = 0; i < PEERS; i++) {
		uint32_t share = (uint32_t)((uint64_t)count[i] * PEERS * 1000 / sum);

		printf("%u: %u/1000\n", i, share);
		CHECK(i == 0 ? share < 1050 : share > 950);
	}
	return 0;
}
