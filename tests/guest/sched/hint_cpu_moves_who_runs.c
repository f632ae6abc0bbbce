/* An env that runs alone moves to the idle CPU that it shall prefer, within a few ticks, and stays
 * there. */
/* smp: 2 4 */
/* icount: 16 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { TICKS = 6, LOOKS = 20 };

static volatile uint32_t count;

static void spins(uint32_t arg)
{
	for (;;) {
		count += arg;
	}
}

int main(void)
{
	envid_t id = peer_start(spins, 1);
	struct sysinfo info;

	CHECK_EQ(sys_sysinfo(&info), OK);
	for (uint32_t i = 0; i < 3 * info.ncpu; i++) {
		uint32_t cpu = i % info.ncpu, there = 0;

		CHECK_EQ(sched_cpu(id, cpu, HINT_MS_MAX), 1);
		ipc_sleep_us(TICKS * info.tick_us);
		for (uint32_t k = 0; k < LOOKS;
		     k++) { /* when we wake up on its CPU, it may have to go */
			there += record(id)->cpu == cpu;
			ipc_sleep_us(info.tick_us);
		}
		printf("CPU %u: %u of %u looks\n", cpu, there, LOOKS);
		CHECK(there > LOOKS * 3 / 4);
	}
	return 0;
}
