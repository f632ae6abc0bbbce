/* Words between envs of one CPU need the lock of that CPU only: with a pair on each of two CPUs the
 * lock of all is taken for what goes on beside, less than once in a hundred messages. */
/* icount: 1 */
/* smp: 1 2 4 */
#include "tests/guest/memory.h"

enum { PAIRS = 2, ROUND_TRIPS = 20000, MESSAGES = PAIRS * ROUND_TRIPS * 2 };

static void serve(void)
{
	struct ipc_msg msg = {0};
	envid_t client = 0;

	for (;;) {
		CHECK_EQ(ipc_reply_recv(client, &msg, 0), OK);
		client = msg.from;
		msg.w[0]++;
	}
}

static void call_a_server(void)
{
	pid_t pid = start_child(serve);
	struct ipc_msg msg = {.nwords = 1};
	struct pm_info info;

	CHECK_EQ(process_next(pid - 1, &info), pid);
	for (uint32_t i = 0; i < ROUND_TRIPS; i++) {
		CHECK_EQ(ipc_call(info.env, &msg, 0), OK);
	}
	CHECK_EQ(msg.w[0], ROUND_TRIPS);
	CHECK_EQ(kill(pid), OK);
}

int main(void)
{
	struct sysinfo before, after;
	pid_t pids[PAIRS];

	CHECK_EQ(sys_sysinfo(&before), OK);
	for (int i = 0; i < PAIRS; i++) {
		pids[i] = start_child(call_a_server);
	}
	for (int i = 0; i < PAIRS; i++) {
		CHECK_EQ(end_of(pids[i]).status, 0);
	}
	CHECK_EQ(sys_sysinfo(&after), OK);
	printf("%u messages, the lock taken %u times\n", (uint32_t)MESSAGES,
	       after.lock_takes - before.lock_takes);
	CHECK(after.lock_takes - before.lock_takes < MESSAGES / 100);
	return 0;
}
