/* boot: killservers
 * A killed console is replaced: what is written afterwards, by the killer, by a new process, and by
 * one that knew the old console, comes out; requests are answered as before. Nothing of it
 * leaks. */
#include "tests/guest/memory.h"
#include "tests/guest/restart.h"

enum { KILLS = 20 };

static envid_t killer;

static void write_twice(void)
{
	struct ipc_msg msg = {.nwords = 1};

	CHECK_EQ(putchar('.'), '.');
	CHECK_EQ(stdout_flush(), OK);
	CHECK_EQ(ipc_call(killer, &msg, 0), OK); /* the console that it knows is killed */
	CHECK_EQ(putchar(','), ',');
	CHECK_EQ(stdout_flush(), OK);
}

static void write_once(void)
{
	CHECK_EQ(putchar(';'), ';');
	CHECK_EQ(stdout_flush(), OK);
}

static void one_round(void)
{
	envid_t before = process_server(PM_SERVER_CONSOLE), after;
	pid_t writer = start_child(write_twice);
	struct ipc_msg msg;

	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	kill_server(PM_SERVER_CONSOLE);
	after = process_server(PM_SERVER_CONSOLE);
	CHECK(after > 0 && after != before);
	check_child(write_once);
	CHECK_EQ(ipc_reply(msg.from, &msg), OK);
	CHECK_EQ(end_of(writer).status, 0);
	CHECK_EQ(getchar_nowait(), E_NOT_FOUND);
	CHECK_EQ(stdout_drain(), OK);
}

int main(void)
{
	uint32_t restarts = process_server_restarts(PM_SERVER_CONSOLE);
	struct sysinfo before, after;

	killer = env_page->id;
	one_round();
	before = settled_info();
	for (int i = 1; i < KILLS; i++) {
		one_round();
	}
	after = settled_info();
	CHECK_EQ(after.frames_free, before.frames_free);
	CHECK_EQ(after.envs, before.envs);
	CHECK_EQ(process_server_restarts(PM_SERVER_CONSOLE), restarts + KILLS);
	return 0;
}
