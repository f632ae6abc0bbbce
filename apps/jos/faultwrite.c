/* Writes to address 0. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	*(volatile unsigned *)0 = 0;
}
