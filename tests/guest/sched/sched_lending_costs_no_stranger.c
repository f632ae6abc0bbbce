/* Two envs lend the last of each of their slices to a friend: the slices are theirs all the same,
 * and a stranger has its share of two CPUs. */
/* icount: 8 */
/* smp: 2 */
/* timeout: 120 */
#define PEERS_MAX 4
#include "libsys/sched.h"
#include "libsys/syscall.h"
#include "libsys/time.h"
#include "tests/guest/peers.h"

enum {
	FRIEND,
	LENDER,
	OTHER_LENDER,
	STRANGER,
	PEERS,
	LEND_AT_US = 7950,
	USED_FIRST_US = 60000,
	RUN_MS = 10000
};

static envid_t id[PEERS];
static volatile uint32_t count[PEERS], lent;

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

static void lends(uint32_t me)
{
	uint64_t start = clock_us();

	for (;;) {
		work(me);
		if (clock_us() > start + LEND_AT_US) {
			if (record(id[FRIEND])->status == ENV_RUNNABLE &&
			    record(id[FRIEND])->cpu == record(id[me])->cpu) {
				lent += sched_yield_to(id[FRIEND]) == 1;
			}
			start = clock_us();
		}
	}
}

int main(void)
{
	uint64_t start = clock_us();
	uint32_t sum = 0;

	while (clock_us() < start + USED_FIRST_US) {} /* some laps ahead of all others */
	for (uint32_t i = 0; i < PEERS; i++) {
		id[i] = peer_make(i == LENDER || i == OTHER_LENDER ? lends : spins, i);
		env_run(id[i]);
	}
	sleep_ms(RUN_MS);
	for (uint32_t i = 0; i < PEERS; i++) {
		sum += count[i];
	}
	for (uint32_t i = 0; i < PEERS; i++) {
		printf("%u: %u/1000\n", i, (uint32_t)((uint64_t)count[i] * PEERS * 1000 / sum));
	}
	printf("lent %u times\n", lent);
	CHECK(lent > 100);
	CHECK((uint64_t)count[STRANGER] * PEERS * 10 > (uint64_t)sum * 9);
	return 0;
}
