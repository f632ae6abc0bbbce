/* Asks the kernel to print a part of itself. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	sys_cputs((char *)0xF010000C, 100);
}
