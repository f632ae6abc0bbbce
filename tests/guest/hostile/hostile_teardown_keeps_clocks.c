/* Dead spaces that take long to tear down, one step after the other on an idle CPU, keep neither
 * its timer nor its devices waiting. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/time.h"
#include "tests/guest/self.h"

enum { ENVS = 13, TABLES = 900, SLEEPS = 60, SLEEP_MOST = 40000 }; /* us; 138,000 once */

/* A space with TABLES page tables whose bounds are [0, 1024): two entries, absent ones, in each. */
static envid_t make_wide(void)
{
	envid_t env = sys_env_fork(0, TABLES + 60);

	for (uint32_t i = 2; env > 0 && i < TABLES + 2; i++) {
		CHECK_EQ(sys_page_mark(env, i * PTSIZE + 1023 * PGSIZE, PTE_ZERO_FILL, 2), 2);
	}
	return env;
}

static void attack(void)
{
	static envid_t envs[ENVS];
	int n = 0;

	while (n < ENVS && (envs[n] = make_wide()) > 0) {
		n++;
	}
	CHECK_EQ(n, ENVS);
	sleep_ms(100);
	for (int i = 0; i < n; i++) {
		CHECK_EQ(sys_env_destroy(envs[i], 0), OK);
	}
	sleep_ms(2000);
}

static const struct role roles[] = {{"attack", attack}};

int main(int argc, char *argv[])
{
	uint32_t longest = 0;

	program_name = argv[0];
	play_role(argc, argv, roles, 1);
	pid_t pid = start_on_self("attack");
	for (int i = 0; i < SLEEPS; i++) {
		uint64_t start = clock_us();

		ipc_sleep_us(1000);
		uint32_t us = (uint32_t)(clock_us() - start);
		longest = us > longest ? us : longest;
	}
	printf("a sleep of 1 ms took up to %u us\n", longest);
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(wait(pid, NULL, 0), pid);
	CHECK(longest <= SLEEP_MOST);
	return 0;
}
