/* Asks the kernel to print from a page that is not there. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	sys_cputs((char *)1, 1);
}
