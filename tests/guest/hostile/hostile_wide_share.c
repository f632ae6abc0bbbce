/* A share of a space with a marked entry in each of many page tables holds the lock no longer than
 * other calls do: if the other space needs a new table for each, if it has them, and if the entries
 * there are in use. */
/* icount: 1 */
/* smp: 1 */
#include "libsys/assert.h"
#include "libsys/time.h"
#include "tests/guest/memory.h"

enum { TABLES = 400, BASE = 0x10000000, LONGEST_US = 80 };

static void share_all(envid_t env, const char *where)
{
	uint32_t most = 0, done = 0;

	while (done < TABLES * 1024) {
		uint64_t start = clock_us();
		int n = sys_page_share(0, BASE + done * PGSIZE, env, BASE + done * PGSIZE,
		                       TABLES * 1024 - done);
		uint32_t us = (uint32_t)(clock_us() - start);

		CHECK(n > 0);
		done += (uint32_t)n;
		most = us > most ? us : most;
	}
	printf("%s: longest call %u us\n", where, most);
	CHECK(most <= LONGEST_US);
}

static void mark_all(envid_t env, pte_t mark)
{
	for (uint32_t i = 0; i < TABLES; i++) {
		CHECK_EQ(sys_page_mark(env, BASE + i * PTSIZE, mark, 1), 1);
	}
}

int main(void)
{
	envid_t env = sys_env_fork(0, TABLES + 100);

	CHECK(env > 0);
	mark_all(0, PTE_ZERO_FILL);
	share_all(env, "new tables");
	mark_all(env, 0);
	share_all(env, "tables that are there");
	share_all(env, "entries in use");
	mark_all(env, 0);
	return 0;
}
