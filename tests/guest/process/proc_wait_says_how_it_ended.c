/* wait tells the status, how the child ended, and why if it did not exit by
 * itself. */
#include "tests/guest/memory.h"

static int wanted;

static void exit_so(void)
{
	exit(wanted);
}

static void end_without_manager(void)
{
	(void)sys_env_destroy(0, wanted);
}

static void fault(void)
{
	words_at(0x1230)[1] = 1;
}

static void no_upcall(void)
{
	env_page->upcall = 0;
	fault();
}

static void wait_forever(void)
{
	struct ipc_msg msg;

	(void)ipc_recv(0, &msg, 0);
}

static void check_exit(int status, int clamped)
{
	struct process_end end;

	wanted = status;
	end = end_of(start_child(exit_so));
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_EQ(end.status, clamped);
	CHECK_TEXT(end.why, "");
	end = end_of(start_child(end_without_manager));
	CHECK_EQ(end.how, PM_END_EXIT);
	CHECK_EQ(end.status, clamped);
}

static void check_fault(body_fn *body)
{
	char name[24];
	pid_t pid = start_child(body);
	struct process_end end = end_of(pid);

	CHECK_EQ(end.how, PM_END_FAULT);
	CHECK_EQ(end.status, PM_STATUS_FAULT);
	snprintf(name, sizeof(name), "[%d]: fault at 0x00001234 (write, ip 0x", pid);
	CHECK(strstr(end.why, name) != NULL);
	CHECK(strstr(end.why, "proc_wait_says_how_it_ended[") == end.why);
	CHECK(strstr(end.why, "+0x") != NULL); /* the symbol */
}

int main(void)
{
	struct process_end end;
	char killed[64];
	pid_t pid;

	check_exit(0, 0);
	check_exit(1, 1);
	check_exit(100, 100);
	check_exit(101, 100);
	check_exit(-1, 100);
	check_fault(fault);
	check_fault(no_upcall);
	pid = start_child(wait_forever);
	CHECK_EQ(kill(pid), OK);
	end = end_of(pid);
	CHECK_EQ(end.how, PM_END_KILLED);
	CHECK_EQ(end.status, PM_STATUS_KILLED);
	snprintf(killed, sizeof(killed), "proc_wait_says_how_it_ended[%d]: killed", pid);
	CHECK_TEXT(end.why, killed);
	return 0;
}
