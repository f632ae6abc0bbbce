/* The smallest program: says hello, who it is, and what its arguments are. */
#include "libsys/process.h"
#include "libsys/stdio.h"

int main(int argc, char *argv[])
{
	puts("hello, world");
	printf("i am process %d\n", getpid());
	for (int i = 1; i < argc; i++) {
		printf("argument %d: '%s'\n", i, argv[i]);
	}
	return 0;
}
