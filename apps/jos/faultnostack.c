/* An upcall, but no exception stack to call it on. */
#include <inc/lib.h>

void _pgfault_upcall(void); /* the library's */

void umain(int argc, char **argv)
{
	sys_env_set_pgfault_upcall(0, (void *)_pgfault_upcall);
	*(volatile int *)0 = 0;
}
