/* A share of a space with a marked entry in each of many page tables, for each of which the other
 * space needs a new table, holds the lock no longer than other calls do. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { TABLES = 400, BASE = 0x10000000, LONGEST_US = 80 };

int main(void)
{
	envid_t env = sys_env_fork(0, TABLES + 100);
	uint32_t most = 0, done = 0;

	CHECK(env > 0);
	for (uint32_t i = 0; i < TABLES; i++) {
		CHECK_EQ(sys_page_mark(0, BASE + i * PTSIZE, PTE_ZERO_FILL, 1), 1);
	}
	while (done < TABLES * 1024) {
		uint64_t start = clock_us();
		int n = sys_page_share(0, BASE + done * PGSIZE, env, BASE + done * PGSIZE,
		                       TABLES * 1024 - done);
		uint32_t us = (uint32_t)(clock_us() - start);

		CHECK(n > 0);
		done += (uint32_t)n;
		most = us > most ? us : most;
	}
	printf("longest call %u us\n", most);
	CHECK(most <= LONGEST_US);
	for (uint32_t i = 0; i < TABLES; i++) {
		CHECK_EQ(sys_page_mark(env, BASE + i * PTSIZE, 0, 1), 1);
	}
	return 0;
}
