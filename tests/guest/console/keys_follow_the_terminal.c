/* Whose the keys are changes when processes end, not only when somebody says it: what the console
 * heard before does not hold any more. For tests/test_shell.py, which types a key whenever this
 * says so; alone it asks for keys that nobody types. */
#include "libsys/time.h"
#include "tests/guest/console/foreground.h"
#include "tests/guest/memory.h"

enum { POLL_MS = 10, LONG_MS = 3000, SHORT_MS = 400 };

static envid_t console;

static int read_char(void)
{
	struct ipc_msg msg = {.w = {CONSOLE_READ_CHAR}, .nwords = 1};

	CHECK_EQ(ipc_call(console, &msg, 0), OK);
	return (int)msg.w[0];
}

static int poll_char(uint32_t ms)
{
	int key = E_NOT_FOUND;

	for (uint32_t i = 0; i < ms / POLL_MS && key < 0; i++) {
		key = read_char();
		sleep_ms(POLL_MS);
	}
	return key;
}

static void say(const char *text)
{
	printf("%s\n", text);
	stdout_flush();
}

/* Reads one key below who is in the foreground, and polls for more when that one has ended. */
static void be_orphan(void)
{
	words_at(AREA)[0] = (uint32_t)poll_char(LONG_MS);
	words_at(AREA)[1] = (uint32_t)poll_char(LONG_MS);
	exit(0);
}

static void leave_orphan(void)
{
	(void)start_child(be_orphan);
	while (words_at(AREA)[0] == 0) {
		sleep_ms(POLL_MS);
	}
}

static void own_terminal(void)
{
	CHECK_EQ(set_foreground(console, 0), OK);
	words_at(AREA)[2] = 1;
	while (words_at(AREA)[2] == 1) {
		sleep_ms(POLL_MS);
	}
}

static void check_orphan(void)
{
	pid_t pid = start_child(leave_orphan);

	CHECK_EQ(set_foreground(console, (uint32_t)pid), OK);
	say("type 1");
	CHECK_EQ(end_of(pid).status, 0);
	CHECK_EQ(words_at(AREA)[0], '1');
	say("type 2");
	sleep_ms(SHORT_MS);
	CHECK_EQ(words_at(AREA)[1], 0);
	CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
	CHECK_EQ(poll_char(LONG_MS), '2');
}

static void check_heir(void)
{
	pid_t pid = start_child(own_terminal);

	while (words_at(AREA)[2] == 0) {
		sleep_ms(POLL_MS);
	}
	say("type 3");
	CHECK_EQ(poll_char(SHORT_MS), E_NOT_FOUND);
	words_at(AREA)[2] = 2;
	CHECK_EQ(end_of(pid).status, 0);
	CHECK_EQ(poll_char(LONG_MS), '3');
}

int main(int argc, char *argv[])
{
	(void)argv;
	console = process_server(PM_SERVER_CONSOLE);
	await_the_shell();
	CHECK_EQ(set_foreground(console, (uint32_t)getpid()), OK);
	CHECK_EQ(sys_page_alloc(0, AREA | PTE_W | PTE_SHARE, 1), 1);
	if (argc == 1) {
		CHECK_EQ(poll_char(SHORT_MS), E_NOT_FOUND);
		return 0;
	}
	check_orphan();
	check_heir();
	say("the keys are whose they should be");
	return 0;
}
