/* The console answers any garbage at once with an error, and goes on printing.
 */
#include "libsys/stdlib.h"
#include "protocols/console.h"
#include "tests/guest/memory.h"

int main(void)
{
	envid_t console = process_server(PM_SERVER_CONSOLE);

	CHECK(console > 0);
	srand(12345);
	for (int i = 0; i < 1000; i++) {
		uint32_t op = rand() % 2 ? rand() : rand() % 64 + CONSOLE_DRAIN + 1;
		struct ipc_msg msg = {.w = {op, rand(), rand()},
		                      .nwords = rand() % (IPC_WORDS_MAX + 1)};

		if (op == 0 || op > CONSOLE_DRAIN) {
			CHECK_EQ(ipc_call(console, &msg, 0), OK);
			CHECK_EQ((int)msg.w[0], E_NO_CALL);
		}
	}
	CHECK_EQ(stdout_drain(), OK);
	return 0;
}
