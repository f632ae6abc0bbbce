/* Gives the CPU away, for ever. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	binaryname = "idle";
	for (;;) {
		sys_yield();
	}
}
