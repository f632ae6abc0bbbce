/* An end whose answer nobody takes is kept: who asked for it and gave up hears of it when it asks
 * again. */
/* smp: 1 2 4 */
#include "libsys/ipc.h"
#include "libsys/syscall.h"
#include "tests/guest/check.h"

enum { ROUNDS = 20, STATUS_OF_CHILD = 7 };

/* As one whose time is up before the answer comes. */
static void ask_and_give_up(pid_t pid)
{
	struct ipc_msg msg = {.w = {PM_WAIT, (uint32_t)pid, 0}, .nwords = 3};

	CHECK_EQ(ipc_send(process_manager, &msg, 0), 0);
}

static void await_zombie(pid_t pid)
{
	struct pm_info info = {0};

	do {
		CHECK_EQ(process_next(pid - 1, &info), pid);
		sys_yield();
	} while (info.state != PM_ZOMBIE);
}

int main(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct process_end end = {.why = ""};
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			exit(STATUS_OF_CHILD);
		}
		await_zombie(pid);
		ask_and_give_up(pid);
		CHECK_EQ(wait(pid, &end, 0), pid);
		CHECK_EQ(end.status, STATUS_OF_CHILD);
		CHECK_EQ(wait(pid, NULL, 0), E_NO_CHILD);
	}
	return 0;
}
