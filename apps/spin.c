/* Keeps a CPU busy: for a number of seconds, or for ever and then without any system call, so that
 * only the timer can take the CPU away. */
#include "libsys/args.h"
#include "libsys/stdio.h"
#include "libsys/time.h"

static _Noreturn void spin_for_ever(void)
{
	for (;;) {
		asm volatile("pause");
	}
}

int main(int argc, char *argv[])
{
	uint32_t ms;
	uint64_t stop;

	if (argc == 1) {
		spin_for_ever();
	}
	if (argc > 2 || !args_seconds(argv[1], &ms)) {
		puts("usage: spin [SECONDS]");
		return 1;
	}
	stop = clock_us() + (uint64_t)ms * 1000;
	while (clock_us() < stop) {
		asm volatile("pause");
	}
	return 0;
}
