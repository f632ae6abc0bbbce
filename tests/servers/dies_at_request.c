/* In place of a server: crashes at the first message that it gets. */
#include "libsys/ipc.h"

int main(void)
{
	struct ipc_msg msg;

	do {
		(void)ipc_recv(0, &msg, 0);
	} while (msg.from == 0);
	*(volatile int *)PGSIZE = 1;
	return 0;
}
