/* An env runs on the CPU that a hint says, unless another would be idle for it. */
/* smp: 2 4 */
/* icount: 16 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

static volatile uint32_t count[PEERS_MAX];

static void spins(uint32_t arg)
{
	for (;;) {
		count[arg]++;
	}
}

/* Every CPU runs one of the first n peers, or we ourselves do. */
static bool spread(const envid_t id[], uint32_t n, uint32_t ncpu)
{
	uint32_t used = 1u << record(env_page->id)->cpu;

	for (uint32_t i = 0; i < n; i++) {
		if (record(id[i])->status == ENV_RUNNING) {
			used |= 1u << record(id[i])->cpu;
		}
	}
	return used == (1u << ncpu) - 1;
}

int main(void)
{
	envid_t id[PEERS_MAX];
	struct sysinfo info;
	uint32_t last, here = 0, elsewhere = 0;
	uint64_t end;

	CHECK_EQ(sys_sysinfo(&info), OK);
	last = info.ncpu - 1;
	CHECK(info.ncpu + 2 <= PEERS_MAX);
	for (uint32_t i = 0; i < info.ncpu; i++) { /* all for one CPU: yet none is idle */
		id[i] = peer_make(spins, i);
		CHECK_EQ(sched_cpu(id[i], last, HINT_MS_MAX), 1);
		env_run(id[i]);
	}
	for (end = clock_us() + 50000000; !spread(id, info.ncpu, info.ncpu);) {
		CHECK(clock_us() < end);
	}
	for (uint32_t i = 0; i < info.ncpu; i++) { /* and now no wish but that of one */
		CHECK_EQ(sched_cpu(id[i], 0, 1), 1);
	}
	sleep_ms(100);
	CHECK_EQ(sched_cpu(id[0], last, HINT_MS_MAX), 1);
	id[info.ncpu] = peer_start(spins, info.ncpu);
	sleep_ms(500);
	for (int i = 0; i < 100; i++) {
		*(record(id[0])->cpu == last ? &here : &elsewhere) += 1;
		sleep_ms(10);
	}
	printf("%u times there, %u times not\n", here, elsewhere);
	CHECK(here > 9 * elsewhere);
	return 0;
}
