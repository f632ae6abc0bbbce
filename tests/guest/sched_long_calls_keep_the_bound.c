/* Calls on as many pages as possible, large spaces that die, and long runs sent by IPC make nobody wait longer
 * than the bound: a call is cut after 1,024 entries, and what a slice lasted too long is paid. */
/* icount: 1 */
/* mem: 256 */
/* timeout: 120 */
#define PEERS_MAX 4
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { RUN_MS = 600, RUN = 1024, FROM = 0x20000000, TO = 0x40000000 };

static volatile uint32_t calls, deaths, count;

static void allocates_and_shares(uint32_t arg)
{
	for (;; calls++) {
		CHECK(sys_page_alloc(0, FROM | PTE_W, RUN) > 0);
		CHECK(sys_page_share(0, FROM | PTE_SHARE, 0, TO | PTE_COW, RUN) > 0);
		CHECK(sys_page_unmap(0, FROM, RUN) > 0);
		CHECK(sys_page_unmap(0, TO, RUN) > 0);
		(void)arg;
	}
}

/* Makes envs with as many pages, mapped from here, and ends them. */
static void makes_and_destroys(uint32_t arg)
{
	CHECK(sys_page_alloc(0, FROM | PTE_W, RUN) > 0);
	for (;; deaths++) {
		envid_t id = sys_env_fork(0, 3 * RUN);

		CHECK(id > 0);
		for (uint32_t i = 0; i < 2; i++) {
			CHECK(sys_page_map(0, FROM, id, FROM + i * PTSIZE, RUN) > 0);
		}
		CHECK_EQ(sys_env_destroy(id, 0), OK);
		(void)arg;
	}
}

static void spins(uint32_t arg)
{
	for (;;) {
		count += arg;
	}
}

int main(void)
{
	envid_t alloc = peer_make(allocates_and_shares, 0),
		destroy = peer_make(makes_and_destroys, 0);
	envid_t spin = peer_make(spins, 1), spin2 = peer_make(spins, 1);
	struct sched_cpu_info cpu;
	struct sched_info info;

	CHECK_EQ(sys_env_set(alloc, ENV_LIMIT, 4 * RUN), OK);
	CHECK_EQ(sys_env_set(destroy, ENV_LIMIT, 8 * RUN), OK);
	env_run(alloc);
	env_run(destroy);
	env_run(spin);
	env_run(spin2);
	sleep_ms(RUN_MS);
	for (uint32_t i = 0; sched_query_cpu(i, &cpu) == OK; i++) {
		printf("CPU %u: longest wait %u us\n", i, cpu.longest_us);
		CHECK_EQ(cpu.breaches, 0);
	}
	CHECK_EQ(sched_query(spin, &info), OK);
	printf("%u rounds of long calls, %u deaths; spinner: %u turns, longest wait %u us\n", calls,
	       deaths, info.slices, info.longest_us);
	CHECK(calls > 2 && deaths > 2 && count > 1000);
	return 0;
}
