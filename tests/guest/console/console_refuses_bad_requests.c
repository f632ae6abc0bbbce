/* The console answers every malformed request with the right error, prints nothing for it, and
 * goes on serving. */
#include "libsys/ipc.h"
#include "protocols/console.h"
#include "tests/guest/check.h"

static envid_t console;

static int request(uint32_t op, uint32_t w1, uint32_t nwords)
{
	struct ipc_msg msg = {.w = {op, w1}, .nwords = nwords};

	CHECK_EQ(ipc_call(console, &msg, 0), OK);
	return (int)msg.w[0];
}

int main(void)
{
	console = process_server(PM_SERVER_CONSOLE);
	CHECK(console > 0);
	CHECK_EQ(request(0, 0, 3), E_NO_CALL);
	CHECK_EQ(request(0xFFFFFFFFu, 0, 0), E_NO_CALL);
	CHECK_EQ(request(CONSOLE_WRITE, 1, 3), E_INVAL);
	CHECK_EQ(request(CONSOLE_WRITE, 5, 4), E_INVAL);
	CHECK_EQ(request(CONSOLE_WRITE, CONSOLE_BYTES_MAX, IPC_WORDS_MAX - 1), E_INVAL);
	CHECK_EQ(request(CONSOLE_WRITE, CONSOLE_BYTES_MAX + 1, IPC_WORDS_MAX), E_INVAL);
	CHECK_EQ(request(CONSOLE_WRITE, 0xFFFFFFFFu, IPC_WORDS_MAX), E_INVAL);
	CHECK_EQ(request(CONSOLE_FOREGROUND, 0x80000000u, 3), E_INVAL);
	CHECK_EQ(request(CONSOLE_WRITE, 0, 0), 0);
	CHECK_EQ(request(CONSOLE_READ_CHAR, 0, 3), E_NOT_FOUND);
	CHECK_EQ(request(CONSOLE_DRAIN, 0, 3), OK);
	return 0;
}
