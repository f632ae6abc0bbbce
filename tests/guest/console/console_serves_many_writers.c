/* Several processes write more than the console can buffer; each write is answered in full, and
 * draining comes to an end. */
#include "libsys/ipc.h"
#include "protocols/console.h"
#include "tests/guest/check.h"

enum { WRITERS = 4, WRITES = 25 };

static void write_much(envid_t console, int writer)
{
	char text[CONSOLE_BYTES_MAX];

	memset(text, 'a' + writer, sizeof(text));
	text[sizeof(text) - 1] = '\n';
	for (int i = 0; i < WRITES; i++) {
		struct ipc_msg msg = {.w = {CONSOLE_WRITE, sizeof(text)}};

		msg.nwords = ipc_put_bytes(text, sizeof(text));
		CHECK_EQ(ipc_call(console, &msg, 0), OK);
		CHECK_EQ(msg.w[0], sizeof(text));
	}
	CHECK_EQ(stdout_drain(), OK);
}

int main(void)
{
	envid_t console = process_server(PM_SERVER_CONSOLE);

	CHECK(console > 0);
	for (int i = 0; i < WRITERS; i++) {
		pid_t child = fork();

		CHECK(child >= 0);
		if (child == 0) {
			write_much(console, i);
			exit(0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		struct process_end end;

		CHECK(wait(0, &end, 0) > 0);
		CHECK_EQ(end.status, 0);
	}
	CHECK_EQ(stdout_drain(), OK);
	return 0;
}
