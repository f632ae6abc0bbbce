/* More spinning envs than CPUs all get on, and so does who started them, and kills them. */
#include "tests/guest/peers.h"

static volatile uint32_t count[PEERS_MAX];

static void spins(uint32_t arg)
{
	for (;;) {
		count[arg]++;
	}
}

int main(void)
{
	struct sysinfo info;
	envid_t id[PEERS_MAX];
	uint32_t n;

	CHECK_EQ(sys_sysinfo(&info), OK);
	n = info.ncpu + 2;
	CHECK(n <= PEERS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		id[i] = peer_start(spins, i);
	}
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t was = count[i];
			uint64_t end = clock_us() + 50000000;

			while (count[i] == was) {
				CHECK(clock_us() < end);
			}
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		CHECK(record(id[i])->runs > 0);
		peer_kill(id[i]);
	}
	return 0;
}
