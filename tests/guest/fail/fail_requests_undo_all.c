/* failhook: 1
 * boot: killservers
 * Each request to procmgr, with each allocation of procmgr's failing in turn, alone or with all
 * after it, is done or refused for want of memory or envs, and what it did is as if it had not been
 * asked. The pager gives a page or ends its client for want of memory. The console serves without
 * any memory at all. */
#include "libsys/pager.h"
#include "protocols/console.h"
#include "tests/guest/fail.h"
#include "tests/guest/restart.h"

enum { MOST = 400, STATUS = 42, DEPTH = 6, PAGES = 4 };

static uint32_t data[PAGES * WORDS] = {1};
static uint32_t blank[PAGES * WORDS];

/* ---- procmgr ---- */

static const char *const again[] = {"fail_requests_undo_all", "end"};

static pid_t expect_end(pid_t pid)
{
	struct process_end end;

	if (pid < 0) {
		return pid;
	}
	CHECK_EQ(wait(pid, &end, 0), pid);
	CHECK_EQ(end.status, STATUS);
	return OK;
}

static int ask_spawn_self(void)
{
	return expect_end(spawn_on(FAULT_PATH_SELF, 2, again));
}

static int ask_spawn_ipc(void)
{
	return expect_end(spawn_on(FAULT_PATH_IPC, 2, again));
}

static int ask_spawn_paged(void)
{
	const char *const words[] = {"zeropager"};
	pid_t pager = spawn_pager(0, FAULT_PATH_PAGER, 1, words);

	if (pager < 0) {
		return pager;
	}
	int status = pager_await(pager, 5000);
	pid_t pid = status < 0 ? status : spawn_paged(pager, FAULT_PATH_PAGER, 2, again);
	if (pid > 0) {
		CHECK_EQ(wait(pid, NULL, 0), pid); /* for want of a page it may end in any way */
	}
	(void)kill(pager);
	CHECK_EQ(wait(pager, NULL, 0), pager);
	return pid > 0 ? OK : pid;
}

static int ask_exit(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		exit(STATUS);
	}
	return expect_end(pid);
}

static int ask_fault(void)
{
	struct process_end end;
	pid_t pid = fork();

	if (pid == 0) {
		process_fault(0x1234, 4, 0x5678, 14);
	}
	if (pid > 0) {
		CHECK_EQ(wait(pid, &end, 0), pid);
		CHECK_EQ(end.how, PM_END_FAULT);
	}
	return pid < 0 ? pid : OK;
}

static int ask_about_a_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;) {
			ipc_sleep_us(1000000);
		}
	}
	if (pid < 0) {
		return pid;
	}
	int status = process_limit(pid, 900, 3);
	status = status < 0 ? status : process_deadline(pid, 3000);
	status = status < 0 ? status : process_hint(pid, HINT_WEIGHT, 2, 100);
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(wait(pid, NULL, 0), pid);
	return status < 0 ? status : OK;
}

static int ask_for_information(void)
{
	struct pm_info info;
	struct file_info file;
	struct fault_counts faults;
	char bytes[32];

	CHECK(process_next(0, &info) > 0);
	CHECK_EQ(wait(0, NULL, PM_WAIT_NOHANG), E_NO_CHILD);
	CHECK(process_server(PM_SERVER_PAGER) > 0);
	CHECK_EQ(file_list(0, &file), OK);
	CHECK_EQ(file_read("README", 3, bytes, sizeof(bytes)), sizeof(bytes));
	CHECK_EQ(process_faults(FAULT_PATH_PAGER, false, &faults), OK);
	CHECK_EQ(process_trace(PM_TRACE_ON, 1), E_PERM);
	CHECK_EQ(kill(getppid()), E_PERM);
	return OK;
}

static int ask_restarts(void)
{
	kill_server(PM_SERVER_PAGER);
	kill_server(PM_SERVER_CONSOLE);
	return stdout_drain();
}

static const struct ask {
	const char *name;
	int (*ask)(void);
	bool allocates;
} asks[] = {
	{"spawn on path self", ask_spawn_self, true},
	{"spawn on path ipc", ask_spawn_ipc, true},
	{"spawn with a pager", ask_spawn_paged, true},
	{"exit", ask_exit, true},
	{"fault", ask_fault, true},
	{"limit, deadline, hint, kill", ask_about_a_child, true},
	{"information", ask_for_information, false},
	{"restarts", ask_restarts, true},
};

/* Whether there was no allocation k. */
static bool try_request(const struct ask *ask, uint32_t k, uint32_t mode,
                        const struct account *before)
{
	fail_at(process_manager, k, mode);
	int status = ask->ask();
	bool unneeded = fail_at(0, 0, 0) != 0;

	if (status != OK && status != E_NO_MEM && status != E_NO_ENV) {
		printf("%s, allocation %u: %s\n", ask->name, k, STATUS(status));
		exit(1);
	}
	CHECK(status == OK || !unneeded);
	check_account(before, ask->name, k);
	return unneeded;
}

static void check_request(const struct ask *ask)
{
	CHECK_EQ(ask->ask(), OK);
	struct account before = account_now();
	for (uint32_t mode = FAIL_ONCE; mode <= FAIL_ON; mode++) {
		uint32_t k = 1;

		if (ask->ask == ask_restarts && mode == FAIL_ON) {
			/* a pager that cannot be started ever is given up, and with it all programs
			 * */
			continue;
		}
		while (!try_request(ask, k, mode, &before)) {
			CHECK(++k < MOST);
		}
		CHECK_EQ(k > 1, ask->allocates);
	}
}

/* ---- pager ---- */

static uint32_t descend(uint32_t depth)
{
	volatile uint32_t frame[WORDS];

	frame[0] = depth;
	return depth == 0 ? 0 : descend(depth - 1) + (frame[0] == depth);
}

/* Zero pages, pages shared by fork, the stack; those of the program are for
 * fail_loading_ends_one. */
static void touch_everything(void)
{
	for (uint32_t i = 0; i < PAGES * WORDS; i += WORDS) {
		CHECK_EQ(data[i], i == 0 ? 1 : 0);
		data[i] = i + 3;
		CHECK_EQ(blank[i], 0);
		blank[i] = i + 4;
	}
	for (uint32_t i = 0; i < PAGES * WORDS; i += WORDS) {
		CHECK_EQ(data[i], i + 3);
		CHECK_EQ(blank[i], i + 4);
	}
	CHECK_EQ(descend(DEPTH), DEPTH);
	exit(STATUS);
}

static void touch_well(void)
{
	CHECK_EQ(end_of(start_child(touch_everything)).status, STATUS);
}

static bool try_faults(uint32_t k, uint32_t mode, const struct account *before)
{
	volatile bool *go = (volatile bool *)words_at(AREA);

	*go = false;
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		while (!*go) {
			sys_yield();
		}
		touch_everything();
	}
	fail_at(env_page->pager, k, mode);
	*go = true;
	struct process_end end = end_of(pid);
	bool unneeded = fail_at(0, 0, 0) != 0;
	if (end.how == PM_END_FAULT) {
		CHECK(strstr(end.why, status_text(E_NO_MEM)) != NULL);
		CHECK(!unneeded);
	} else {
		CHECK_EQ(end.status, STATUS);
	}
	check_account(before, "faults", k);
	return unneeded;
}

static void check_pager(void)
{
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	check_child(touch_well);
	struct account before = account_now();
	for (uint32_t mode = FAIL_ONCE; mode <= FAIL_ON; mode++) {
		uint32_t k = 1;

		while (!try_faults(k, mode, &before)) {
			CHECK(++k < MOST);
		}
		CHECK(k > PAGES);
	}
}

/* ---- console ---- */

static void check_console(void)
{
	envid_t console = process_server(PM_SERVER_CONSOLE);

	fail_at(console, 1, FAIL_ON);
	for (uint32_t op = CONSOLE_WRITE; op <= CONSOLE_DRAIN; op++) {
		struct ipc_msg msg = {.w = {op, 0}, .nwords = 3};

		if (op != CONSOLE_READ_LINE && op != CONSOLE_WAIT_CHAR) {
			CHECK_EQ(ipc_call(console, &msg, 0), OK);
		}
	}
	CHECK_EQ(getchar_nowait(), E_NOT_FOUND);
	printf("the console wrote this\n");
	CHECK_EQ(stdout_drain(), OK);
	CHECK_EQ(fail_at(0, 0, 0), 1);
}

int main(int argc, char *argv[])
{
	(void)argv;
	if (argc > 1) {
		return STATUS;
	}
	for (uint32_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		check_request(&asks[i]);
	}
	if (env_page->fault_path != FAULTS_KERNEL) {
		check_pager();
	}
	check_console();
	return 0;
}
