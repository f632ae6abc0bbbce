/* Nobody gets the terminal because its owner has ended, or because a pid has come again: it is the
 * parent's of who owned it, and a process in the foreground is not the next one with that
 * number. */
#include "tests/guest/console/foreground.h"
#include "tests/guest/memory.h"

static envid_t console;

static int set_oneself(void)
{
	return set_foreground(console, (uint32_t)getpid());
}

static void stranger(void)
{
	CHECK_EQ(set_oneself(), E_PERM);
	CHECK_EQ(set_foreground(console, 0), E_PERM);
}

static void wait_for_the_foreground(void)
{
	while (set_oneself() != OK) {
		sys_yield();
	}
}

/* Owns the terminal, and so does what it started in its place; both end. Who is below somebody in
 * the foreground need not wait, so nobody is there while they begin. */
static void shell(void)
{
	wait_for_the_foreground();
	CHECK_EQ(set_foreground(console, 0), OK);
	pid_t pid = start_child(wait_for_the_foreground);

	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	CHECK_EQ(end_of(pid).status, 0);
	check_child(stranger);
	CHECK_EQ(set_oneself(), OK);
}

static void end_at_once(void)
{
}

int main(void)
{
	console = process_server(PM_SERVER_CONSOLE);
	await_the_shell();
	CHECK_EQ(set_oneself(), OK);
	CHECK_EQ(set_foreground(console, 0), OK);

	pid_t pid = start_child(shell), again;

	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	CHECK_EQ(end_of(pid).status, 0);
	check_child(stranger);
	CHECK_EQ(set_oneself(), OK);

	pid = start_child(end_at_once);
	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	CHECK_EQ(end_of(pid).status, 0);
	for (int i = 0; i < PM_PID_MAX - 50; i++) {
		check_child(end_at_once);
	}
	do {
		again = start_child(stranger);
		CHECK_EQ(end_of(again).status, 0);
	} while (again != pid);
	return set_oneself();
}
