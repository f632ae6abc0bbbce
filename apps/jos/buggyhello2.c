/* Asks the kernel to print a text that begins well and goes on far too long. */
#include <inc/lib.h>

const char *hello = "hello, world\n";

void umain(int argc, char **argv)
{
	sys_cputs(hello, 1024 * 1024);
}
