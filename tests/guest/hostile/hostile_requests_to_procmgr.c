/* The process manager refuses what a process may not ask, and what makes no
 * sense, and serves on: operations and pids that do not exist, text that is not
 * there, others' rights. */
#include "tests/guest/memory.h"

static int request(uint32_t op, uint32_t w1, uint32_t w2, uint32_t nwords)
{
	struct ipc_msg msg = {.w = {op, w1, w2}, .nwords = nwords};

	CHECK_EQ(ipc_call(process_manager, &msg, 0), OK);
	return (int)msg.w[0];
}

static const int32_t bad_pids[] = {0, -1, 99999, 0x7FFFFFFF, (int32_t)0x80000000, 100000};

static void check_pids(void)
{
	for (uint32_t i = 0; i < sizeof(bad_pids) / sizeof(bad_pids[0]); i++) {
		CHECK_EQ(kill(bad_pids[i]), E_BAD_ENV);
		CHECK_EQ(process_limit(bad_pids[i], 10, 10), E_BAD_ENV);
		CHECK_EQ(wait(bad_pids[i], NULL, 0), E_NO_CHILD);
	}
	CHECK_EQ(kill(getppid()), E_PERM);
	CHECK_EQ(process_limit(getppid(), 10, 10), E_PERM);
	CHECK_EQ(wait(getppid(), NULL, 0), E_NO_CHILD);
	CHECK_EQ(wait(getpid(), NULL, 0), E_NO_CHILD);
}

static void check_operations(void)
{
	static const uint32_t bad_ops[] = {0, 200, 201, 1000, 0x80000000, 0xFFFFFFFF, 0x10001};

	for (uint32_t i = 0; i < sizeof(bad_ops) / sizeof(bad_ops[0]); i++) {
		for (uint32_t nwords = 0; nwords <= IPC_WORDS_MAX; nwords += 16) {
			CHECK_EQ(request(bad_ops[i], 1, 1, nwords), E_NO_CALL);
		}
	}
	CHECK_EQ(request(PM_LOG_READ, 0, 0, 3), E_PERM);
	for (uint32_t which = 0; which < 5; which++) {
		CHECK_EQ(request(PM_SERVER_KILL, which, 0, 3), E_PERM);
	}
	for (uint32_t which = 0; which < 10; which++) {
		bool real = which == PM_SERVER_PAGER || which == PM_SERVER_CONSOLE;

		CHECK_EQ(request(PM_LOOKUP, which, 0, 3) > 0, real);
	}
	CHECK_EQ(request(PM_LOOKUP, 0xFFFFFFFF, 0, 3), E_NOT_FOUND);
	CHECK_EQ(request(PM_PS, 0xFFFFFFFF, 0, 3) > 0, true); /* before the first */
	CHECK_EQ(request(PM_PS, 0x7FFFFFFF, 0, 3), E_NOT_FOUND);
}

/* Messages with fewer words than the operation needs. */
static void check_short(void)
{
	CHECK_EQ(request(PM_FORK, 0, 0, 0), E_INVAL);
	CHECK_EQ(request(PM_SPAWN, 1, 4, 3), E_INVAL);
	CHECK_EQ(request(PM_EXEC, 1, 4, 3), E_INVAL);
	CHECK_EQ(request(PM_EXIT, 0, 0, 1), E_INVAL);
	CHECK_EQ(request(PM_WAIT, 0, 0, 2), E_INVAL);
	CHECK_EQ(request(PM_KILL, 0, 0, 1), E_INVAL);
	CHECK_EQ(request(PM_FAULT, 0, 0, 4), E_INVAL);
	CHECK_EQ(request(PM_LIMIT, 0, 0, 3), E_INVAL);
	CHECK_EQ(request(PM_FILE_READ, 0, 100, 3), E_INVAL);
	CHECK_EQ(request(PM_POWEROFF, 0, 0, 1), E_INVAL);
}

/* Argument text that disagrees with what is said about it. */
static void check_arguments(void)
{
	for (uint32_t op = PM_SPAWN; op <= PM_EXEC; op++) {
		ipc_put_bytes("hello\0x\0", 8);
		CHECK_EQ(request(op, 3, 8, 5), E_INVAL); /* two strings */
		CHECK_EQ(request(op, 1, 8, 5), E_INVAL);
		CHECK_EQ(request(op, 0, 0, 5), E_INVAL);
		CHECK_EQ(request(op, 1, 5, 5), E_INVAL);  /* no zero at the end */
		CHECK_EQ(request(op, 1, 16, 5), E_INVAL); /* more than came */
		CHECK(request(op, 1, 0xFFFFFFFF, 5) < 0);
		CHECK(request(op, 0xFFFFFFFF, 6, 5) < 0);
		ipc_put_bytes("\0", 2);
		CHECK_EQ(request(op, 1, 1, 4), E_NOT_FOUND);
	}
	ipc_put_bytes("README", 7);
	CHECK_EQ(request(PM_FILE_READ, 0xFFFFFFFF, 0xFFFFFFFF, 5), 0);
	CHECK_EQ(request(PM_FILE_READ, 0, 0xFFFFFFFF, 5), PM_BYTES_MAX);
	ipc_put_bytes("READMEREADME", 12);
	CHECK_EQ(request(PM_FILE_READ, 0, 10, 6), E_INVAL); /* no zero */
}

/* A bare env is nobody's process. */
static volatile int bare_answer;

static void ask_barely(void)
{
	struct ipc_msg msg = {.w = {PM_SELF}, .nwords = 3};

	(void)ipc_call(process_manager, &msg, 0);
	bare_answer = (int)msg.w[0];
	(void)sys_env_destroy(0, 0);
}

int main(void)
{
	check_pids();
	check_operations();
	check_short();
	check_arguments();
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	bare_run(bare_stopped(ask_barely));
	CHECK_EQ(next_death().cause, DEATH_EXIT);
	CHECK_EQ(bare_answer, E_BAD_ENV);
	CHECK(getpid() > 0);
	return 0;
}
