/* A worker that waits for work for ever, when nobody is left to give it any. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	envid_t worker = fork();

	if (worker != 0) {
		ipc_send(worker, 42, 0, 0);
		return;
	}
	for (;;) {
		cprintf("worker got %d\n", ipc_recv(0, 0, 0));
	}
}
