/* Who may say which process Ctrl-C ends: nobody for one that is not below him. The machine's end is
 * the first process's to ask for. With an argument it tries for ever. */
#include "tests/guest/console/foreground.h"
#include "tests/guest/memory.h"

static envid_t console;

static int ask_procmgr(uint32_t op, uint32_t w1, uint32_t w2)
{
	struct ipc_msg msg = {.w = {op, w1, w2}, .nwords = 3};

	CHECK_EQ(ipc_call(process_manager, &msg, 0), OK);
	return (int)msg.w[0];
}

static void below(void)
{
	CHECK_EQ(set_foreground(console, 1), E_PERM);
	CHECK_EQ(set_foreground(console, (uint32_t)getppid()), E_PERM);
	CHECK_EQ(ask_procmgr(PM_FOREGROUND, (uint32_t)env_page->id, 1), E_PERM);
	CHECK_EQ(poweroff(3), E_PERM);
}

/* The test has put it into the foreground. */
static void foreground(void)
{
	while (words_at(AREA)[0] == 0) {
		sys_yield();
	}
	CHECK_EQ(set_foreground(console, 1), E_PERM);
	CHECK_EQ(set_foreground(console, (uint32_t)getppid()), E_PERM);
	CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
	CHECK_EQ(set_foreground(console, 0), OK);
	CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
}

int main(int argc, char *argv[])
{
	pid_t pid;

	console = process_server(PM_SERVER_CONSOLE);
	while (argc > 1) { /* for tests/test_shell.py: in the background, without end */
		(void)argv;
		(void)set_foreground(console, 1);
		(void)set_foreground(console, 0);
		ipc_sleep_us(2000);
	}
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	CHECK_EQ(poweroff(3), E_PERM);
	CHECK_EQ(ask_procmgr(PM_POWEROFF, 3, 0), E_PERM);
	await_the_shell();
	CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
	CHECK_EQ(set_foreground(console, PM_PID_MAX), E_BAD_ENV);
	CHECK_EQ(set_foreground(console, 1), E_PERM);
	check_child(below);
	pid = start_child(foreground);
	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	words_at(AREA)[0] = 1;
	CHECK_EQ(end_of(pid).status, 0);
	return 0;
}
