/* failhook: 1
 * Whichever allocation of a fork fails, alone or with all after it, the parent gets an error, and
 * nothing of the child is left, no page, no slot, no process, and the parent's memory is what it
 * was; when none fails any more, there is a whole child. */
#include "libsys/stdlib.h"
#include "tests/guest/fail.h"

enum { DATA_PAGES = 8, TABLES = 3, MOST = 1000 };

static uint32_t data[DATA_PAGES * WORDS] = {1};
static uint32_t untouched[DATA_PAGES * WORDS]; /* zero fill */

/* Memory in page tables of its own, with a shared page among it. */
static void make_memory(void)
{
	for (uint32_t i = 0; i < TABLES; i++) {
		vaddr_t va = AREA + i * PTSIZE;

		CHECK_EQ(sys_page_alloc(0, va | PTE_W, 2), 2);
		CHECK_EQ(sys_page_alloc(0, (va + 2 * PGSIZE) | PTE_W | PTE_SHARE, 1), 1);
		words_at(va)[0] = i;
	}
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i++) {
		data[i] = i * 3;
	}
}

static bool memory_is_whole(void)
{
	bool good = true;

	for (uint32_t i = 0; i < TABLES; i++) {
		good = good && words_at(AREA + i * PTSIZE)[0] == i;
	}
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i++) {
		good = good && data[i] == i * 3;
	}
	return good && untouched[0] == 0;
}

/* Writes to it as the parent and the child will: no copy may show on the other side. */
static void spoil(uint32_t by)
{
	for (uint32_t i = 0; i < DATA_PAGES * WORDS; i += WORDS) {
		data[i] += by;
	}
}

static void run_child(void)
{
	bool whole = memory_is_whole();

	spoil(7);
	untouched[0] = 1;
	exit(whole ? 0 : 1);
}

/* A fork whose allocation k fails. Whether there was no such allocation. */
static bool try_fork(uint32_t k, uint32_t mode, const struct account *before)
{
	fail_at(process_manager, k, mode);
	pid_t pid = fork();
	if (pid == 0) {
		run_child();
	}
	bool unneeded = fail_at(0, 0, 0) != 0;
	if (pid < 0) {
		CHECK(pid == E_NO_MEM || pid == E_NO_ENV);
		CHECK(!unneeded);
	} else {
		CHECK_EQ(end_of(pid).status, 0);
	}
	CHECK(memory_is_whole());
	spoil(5);
	spoil((uint32_t)-5);
	check_account(before, "fork", k);
	return unneeded;
}

static uint32_t count_points(uint32_t mode, const struct account *before)
{
	uint32_t k = 1;

	while (!try_fork(k, mode, before)) {
		CHECK(++k < MOST);
	}
	return k - 1;
}

int main(void)
{
	struct account before;

	make_memory();
	(void)end_of(start_child(run_child)); /* every page here is now as it is after a fork */
	spoil(5);
	spoil((uint32_t)-5);
	before = account_now();
	uint32_t once = count_points(FAIL_ONCE, &before), on = count_points(FAIL_ON, &before);
	printf("fork: %u points of failure, %u for good\n", once, on);
	CHECK(once >= TABLES && on >= TABLES);
	return 0;
}
