/* In place of a server: takes the first message, and hangs. */
#include "libsys/ipc.h"
#include "libsys/syscall.h"

int main(void)
{
	struct ipc_msg msg;

	do {
		(void)ipc_recv(0, &msg, 0);
	} while (msg.from == 0);
	for (;;) {
		(void)ipc_recv(env_page->id, &msg, 0);
	}
}
