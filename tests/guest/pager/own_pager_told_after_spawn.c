/* A pager that looks for clients, when it hears that there are none, just while a spawn that will
 * fail has made one for it, hears again, and ends. */
#include "tests/guest/pager/own_pagers.h"

enum { PATIENCE_US = 10000000 };

static const char *const hello[] = {"hello"};

/* Answers nobody. */
static void page(envid_t test)
{
	struct pager_fault fault;
	struct ipc_msg msg;

	ipc_hidden_bits &= ~PM_NOTIFY_NO_CLIENTS;
	tell(test, 1);
	do {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	} while (msg.from != 0 || !(msg.w[0] & PM_NOTIFY_NO_CLIENTS));
	while (pager_client_after(0) == 0) {}
	CHECK(!pager_next(&fault, OK));
	exit(0);
}

int main(int argc, char *argv[])
{
	char test[12];
	const char *const words[] = {argv[0], test};
	struct process_end end;

	if (argc > 1) {
		page(env_of_argument(argv[1]));
	}
	snprintf(test, sizeof(test), "%d", env_page->id);
	pid_t pager = spawn_pager(0, FAULT_PATH_INHERIT, 2, words);
	CHECK(pager > 0);
	(void)hear(1);
	pid_t client = spawn_paged(pager, FAULT_PATH_PAGER, 1, hello);
	CHECK_EQ(kill(client), OK);
	CHECK_EQ(wait(client, &end, 0), client);

	uint64_t start = sys_clock_us();
	while (wait(pager, &end, PM_WAIT_NOHANG) == 0) {
		int status = spawn_paged(pager, FAULT_PATH_KERNEL, 1, hello);

		CHECK(status == E_INVAL || status == E_BAD_ENV);
		CHECK(sys_clock_us() - start < PATIENCE_US);
	}
	CHECK_EQ(end.status, 0);
	return 0;
}
