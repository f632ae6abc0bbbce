/* Writes to the kernel's text. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	*(volatile unsigned *)0xF0100000 = 0;
}
