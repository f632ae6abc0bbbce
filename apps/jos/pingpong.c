/* A number goes to and fro between parent and child, and grows by one each time. */
#include <inc/lib.h>

enum { LAST = 10 };

void umain(int argc, char **argv)
{
	const envid_t child = fork();
	uint32_t number = 0;

	if (child != 0) {
		cprintf("send 0 from %x to %x\n", sys_getenvid(), child);
		ipc_send(child, 0, 0, 0);
	}
	while (number < LAST) {
		envid_t from;

		number = ipc_recv(&from, 0, 0);
		cprintf("%x got %d from %x\n", sys_getenvid(), number, from);
		if (number == LAST) {
			break;
		}
		number++;
		ipc_send(from, number, 0, 0);
	}
}
