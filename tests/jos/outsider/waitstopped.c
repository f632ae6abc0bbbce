/* Waits for a child that is never started. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	envid_t child = sys_exofork();

	if (child < 0) {
		panic("sys_exofork: %e", child);
	}
	cprintf("made %d\n", child != 0);
	ipc_recv(0, 0, 0);
}
