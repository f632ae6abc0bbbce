/* A breakpoint, with no debugger there. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	breakpoint();
}
