/* Raises the page-fault interrupt by software, which only the processor may. */
#include <inc/lib.h>

void umain(int argc, char **argv)
{
	asm volatile("int %0" : : "i"(T_PGFLT));
}
