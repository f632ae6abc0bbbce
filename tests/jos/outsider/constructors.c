// What the compiler leaves in .init_array and .fini_array runs, around umain and for each env that exits.
#include <inc/lib.h>

static int steps;

__attribute__((constructor(200))) static void second(void)
{
	assert(steps++ == 1);
}

__attribute__((constructor(150))) static void first(void)
{
	assert(steps++ == 0);
}

__attribute__((destructor)) static void last(void)
{
	cprintf("destructor after %d steps\n", steps);
}

void umain(int argc, char **argv)
{
	assert(steps++ == 2);
	if (fork() == 0)
		steps++;
}
