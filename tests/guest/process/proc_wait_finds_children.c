/* wait: any child, a certain one, without waiting; each child once; strangers
 * never. */
#include "tests/guest/memory.h"

static envid_t parent;

static void nothing(void)
{
}

static void wait_for_word(void)
{
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(parent, &msg, 0), OK);
}

static envid_t env_of(pid_t pid)
{
	struct pm_info info = {0};

	CHECK_EQ(process_next(pid - 1, &info), pid);
	CHECK_EQ(info.pid, pid);
	CHECK_EQ(info.parent, getpid());
	return info.env;
}

int main(void)
{
	struct process_end end;
	struct ipc_msg msg = {.nwords = 0};
	pid_t first, second;

	parent = sys_self();
	CHECK_EQ(wait(0, &end, 0), E_NO_CHILD);
	CHECK_EQ(wait(0, &end, PM_WAIT_NOHANG), E_NO_CHILD);
	CHECK_EQ(wait(1, &end, 0), E_NO_CHILD);

	first = start_child(wait_for_word);
	second = start_child(nothing);
	CHECK_EQ(wait(first, &end, PM_WAIT_NOHANG), 0);
	CHECK_EQ(wait(0, &end, 0), second);
	CHECK_EQ(wait(0, &end, PM_WAIT_NOHANG), 0);
	CHECK_EQ(wait(second, &end, 0), E_NO_CHILD);
	CHECK(ipc_send(env_of(first), &msg, 0) >= 0);
	CHECK_EQ(wait(first, &end, 0), first);
	CHECK_EQ(end.pid, first);
	CHECK_EQ(wait(0, &end, 0), E_NO_CHILD);

	first = start_child(nothing);
	second = start_child(nothing);
	CHECK_EQ(wait(second, NULL, 0), second); /* in any order, with nowhere to put it */
	CHECK_EQ(wait(first, &end, 0), first);
	return 0;
}
