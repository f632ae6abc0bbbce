/* Work spreads: as many spinning envs as there are CPUs but one run at the same time, on CPUs of
 * their own, while the one that started them runs too. */
/* smp: 2 4 */
#include "tests/guest/peers.h"

static volatile uint32_t count[PEERS_MAX];

static void spins(uint32_t arg)
{
	for (;;) {
		count[arg]++;
	}
}

/* All run now, each on another CPU. */
static bool spread(const envid_t id[], uint32_t n)
{
	uint32_t used = 1u << record(env_page->id)->cpu;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t bit = 1u << record(id[i])->cpu;

		if (record(id[i])->status != ENV_RUNNING || used & bit) {
			return false;
		}
		used |= bit;
	}
	return true;
}

int main(void)
{
	envid_t id[PEERS_MAX];
	struct sysinfo info;
	uint64_t end;
	uint32_t n;

	CHECK_EQ(sys_sysinfo(&info), OK);
	n = info.ncpu - 1;
	CHECK(n >= 1 && n <= PEERS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		id[i] = peer_start(spins, i);
	}
	for (end = clock_us() + 50000000; !spread(id, n);) {
		CHECK(clock_us() < end);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t was = count[i];

		while (count[i] == was) {
			CHECK(clock_us() < end + 50000000);
		}
		peer_kill(id[i]);
	}
	return 0;
}
