/* Loads a segment register with a selector that is not for programs. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	asm volatile("movw %w0, %%ds" : : "a"(GD_TSS0));
}
