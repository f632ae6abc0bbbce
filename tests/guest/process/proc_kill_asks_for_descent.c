/* A process may kill itself and its descendants, at any depth and whatever they
 * do, but neither its parent nor a brother. */
#include "tests/guest/memory.h"

#define GRANDCHILD (words_at(AREA)[0]) /* shared */
#define RESULT (words_at(AREA)[1])

static pid_t brother;

static void spin(void)
{
	for (;;) {}
}

static void wait_forever(void)
{
	struct ipc_msg msg;

	(void)ipc_recv(0, &msg, 0);
}

static void wait_for_child(void)
{
	pid_t pid = start_child(spin);

	GRANDCHILD = pid;
	(void)wait(pid, NULL, 0);
	wait_forever();
}

static void kill_others(void)
{
	CHECK_EQ(kill(brother), E_PERM);
	CHECK_EQ(kill(getppid()), E_PERM);
	CHECK_EQ(kill(1), E_PERM);
	CHECK_EQ(process_limit(brother, 100, 0), E_PERM);
}

static void kill_self(void)
{
	(void)kill(getpid());
}

static void check_killed(pid_t pid)
{
	CHECK_EQ(end_of(pid).how, PM_END_KILLED);
}

int main(void)
{
	pid_t child;

	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	brother = start_child(wait_forever);
	check_child(kill_others);
	CHECK_EQ(kill(brother), OK);
	CHECK_EQ(kill(brother), OK); /* dead, but not yet waited for */
	check_killed(brother);
	CHECK_EQ(kill(brother), E_BAD_ENV);
	check_killed(start_child(kill_self));

	child = start_child(spin);
	CHECK_EQ(kill(child), OK);
	check_killed(child);

	child = start_child(wait_for_child);
	while (GRANDCHILD == 0) {
		sys_yield();
	}
	CHECK_EQ(kill(GRANDCHILD), OK);
	CHECK_EQ(kill(child), OK);
	check_killed(child);
	return 0;
}
