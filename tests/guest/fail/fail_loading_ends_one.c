/* failhook: 1
 * Whichever allocation of the pager's fails while a program touches all of its pages, the program
 * either ends right or for want of memory, and nothing is left of it; nobody else notices. */
#include "tests/guest/fail.h"
#include "tests/guest/loading.h"

enum { MOST = 200, STATUS = 42 };

static int touch_all(const char *parent)
{
	struct ipc_msg msg = {.nwords = 0};
	int env;

	CHECK(args_number(parent, 1, INT32_MAX, &env));
	CHECK_EQ(ipc_call(env, &msg, 0), OK);
	check_constants();
	for (uint32_t i = 0; i < DATA_PAGES; i += 2) {
		data[i][3] = i;
	}
	check_data();
	return STATUS;
}

/* Whether there was no allocation k. */
static bool try_program(uint32_t k, uint32_t mode, const struct account *before)
{
	pid_t pid = start_another("fail_loading_ends_one");
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	fail_at(env_page->pager, k, mode);
	CHECK_EQ(ipc_reply(msg.from, &(struct ipc_msg){.nwords = 0}), OK);

	struct process_end end = end_of(pid);
	bool unneeded = fail_at(0, 0, 0) != 0;

	if (end.how == PM_END_FAULT) {
		CHECK(strstr(end.why, status_text(E_NO_MEM)) != NULL);
		CHECK(!unneeded);
	} else {
		CHECK_EQ(end.status, STATUS);
	}
	check_account(before, "program", k);
	return unneeded;
}

int main(int argc, char *argv[])
{
	static const uint32_t modes[] = {FAIL_ONCE, FAIL_ON};
	struct account before;

	if (argc > 1) {
		return touch_all(argv[1]);
	}
	for (vaddr_t va = UTEXT; va < (vaddr_t)end; va += PGSIZE) {
		(void)*(volatile char *)va; /* what the test itself needs */
	}
	before = account_now();
	for (int i = 0; i < 2; i++) {
		uint32_t k = 1;

		while (!try_program(k, modes[i], &before)) {
			CHECK(++k < MOST);
		}
		printf("%u points of failure\n", k - 1);
		CHECK(k > 1);
	}
	return 0;
}
