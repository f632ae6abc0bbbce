/* A child that never gives the CPU up, and is ended all the same. */
#include <inc/lib.h>

enum { TURNS = 8 };

static void spin(envid_t parent)
{
	cprintf("I am the child.  Spinning...\n");
	ipc_send(parent, 0, 0, 0);
	for (;;) {}
}

void umain(int argc, char **argv)
{
	const envid_t me = sys_getenvid();
	envid_t child;

	cprintf("I am the parent.  Forking the child...\n");
	child = fork();
	if (child == 0) {
		spin(me);
	}
	cprintf("I am the parent.  Running the child...\n");
	ipc_recv(0, 0, 0); /* on another CPU, it would otherwise be dead before it could speak */
	for (int turn = 0; turn < TURNS; turn++) {
		sys_yield();
	}
	cprintf("I am the parent.  Killing the child...\n");
	sys_env_destroy(child);
}
