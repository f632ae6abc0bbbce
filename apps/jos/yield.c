/* Takes turns with whoever else runs. */
#include <inc/lib.h>

enum { TURNS = 5 };

void umain(int argc, char **argv)
{
	const envid_t me = sys_getenvid();

	cprintf("Hello, I am environment %08x.\n", me);
	for (int turn = 0; turn < TURNS; turn++) {
		sys_yield();
		cprintf("Back in environment %08x, iteration %d.\n", me, turn);
	}
	cprintf("All done in environment %08x.\n", me);
}
