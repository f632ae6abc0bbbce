/* Gives the CPU away five times. Run several at once to see them take turns. */
#include "libsys/process.h"
#include "libsys/stdio.h"
#include "libsys/syscall.h"

int main(void)
{
	int pid = getpid();

	printf("Hello, I am process %d.\n", pid);
	for (int i = 0; i < 5; i++) {
		sys_yield();
		printf("Back in process %d, iteration %d.\n", pid, i);
	}
	printf("All done in process %d.\n", pid);
	return 0;
}
