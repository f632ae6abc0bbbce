/* failhook: 1
 * timeout: 120
 * Whichever allocation of zippager's fails, alone or with all after it, its clients find in their
 * pages what they wrote, or end for want of memory; in the end all memory is back. */
#include "libsys/stdlib.h"
#include "tests/guest/fail.h"
#include "tests/guest/pager/own_pagers.h"

enum { PAGES = 12, MOST = 600 };

static volatile uint32_t *heap;

static uint32_t word(uint32_t i, uint32_t j, uint32_t changes)
{
	return i % 2 ? i + changes : (i * WORDS + j + changes) * 2654435761u;
}

static void write_all(uint32_t changes)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		for (uint32_t j = 0; j < WORDS; j += 17) {
			heap[i * WORDS + j] = word(i, j, changes);
		}
	}
}

static void check_all(uint32_t changes)
{
	for (uint32_t n = 0; n < PAGES; n++) {
		uint32_t i = n * 7 % PAGES;

		for (uint32_t j = 0; j < WORDS; j += 17) {
			CHECK_EQ(heap[i * WORDS + j], word(i, j, changes));
		}
	}
}

/* It waits until the test has said which allocation fails. */
static int play_client(envid_t test)
{
	struct ipc_msg msg = {.nwords = 0};

	heap = sbrk(PAGES * PGSIZE);
	CHECK_EQ(ipc_call(test, &msg, 0), OK);
	write_all(1);
	check_all(1);
	pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		check_all(1);
		write_all(9);
		check_all(9);
		exit(0);
	}
	write_all(2);
	struct process_end end = end_of(child);
	CHECK(end.how == PM_END_FAULT || end.status == 0);
	check_all(2);
	return 0;
}

static void check_end(const struct process_end *end)
{
	bool for_memory = strstr(end->why, status_text(E_NO_MEM)) != NULL ||
	                  strstr(end->why, status_text(E_LOST)) != NULL;

	if (end->how == PM_END_EXIT ? end->status != 0 : !for_memory) {
		printf("process %d ended with %d, %s\n", end->pid, end->status, end->why);
		exit(1);
	}
}

/* Whether there was no allocation k. */
static bool try_client(enum fault_path path, uint32_t k, uint32_t mode)
{
	pid_t pager = start_zippager();

	pid_t client = start_paged(pager, path, "fail_zippager_loses_no_page", "client");
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(client > 0 ? info_of(client).env : 0, &msg, 0), OK);
	fail_at(info_of(pager).env, k, mode);
	CHECK_EQ(ipc_reply(msg.from, &(struct ipc_msg){.nwords = 0}), OK);
	struct process_end end = end_of(client);
	check_end(&end);
	bool unneeded = fail_at(0, 0, 0) != 0;
	end = end_of(pager);
	check_end(&end);
	return unneeded;
}

int main(int argc, char *argv[])
{
	if (argc > 1) {
		return play_client(env_of_argument(argv[2]));
	}
	for (int i = 0; i < PAGED_PATHS; i++) {
		(void)try_client(paged_paths[i], MOST, FAIL_ONCE);
		struct account before = account_now();

		for (uint32_t mode = FAIL_ONCE; mode <= FAIL_ON; mode++) {
			uint32_t k = 1 + mode;

			while (!try_client(paged_paths[i], k, mode)) {
				check_account(&before, "zippager", k);
				k += mode == FAIL_ON ? 5 : 2; /* all of them take 30 s */
				CHECK(k < MOST);
			}
			printf("up to %u points of failure\n", k - 1);
			CHECK(k > PAGES);
		}
	}
	return 0;
}
