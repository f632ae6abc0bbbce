/* A child that never gives the CPU up, and is ended all the same. The parent yields a few times: that is how the
 * child gets its turn, on whichever CPU. */
#include <inc/lib.h>

enum { TURNS = 8 };

void umain(int argc, char **argv)
{
	envid_t child;

	cprintf("I am the parent.  Forking the child...\n");
	child = fork();
	if (child == 0) {
		cprintf("I am the child.  Spinning...\n");
		for (;;) {}
	}
	cprintf("I am the parent.  Running the child...\n");
	for (int turn = 0; turn < TURNS; turn++) {
		sys_yield();
	}
	cprintf("I am the parent.  Killing the child...\n");
	sys_env_destroy(child);
}
