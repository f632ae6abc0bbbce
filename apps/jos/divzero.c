/* Divides by zero. */
#include <inc/lib.h>

int zero;

void umain(int argc, char **argv)
{
	cprintf("1/0 is %08x!\n", 1 / zero);
}
