/* Many envs on all CPUs: each counts by itself, and would count wrong if it ever ran on two CPUs at
 * the same time. */
#include <inc/lib.h>

enum { CHILDREN = 20, ROUNDS = 10, COUNTS = 10000 };

volatile int counter;

void umain(int argc, char **argv)
{
	const envid_t parent = sys_getenvid();
	int number = 0;

	while (number < CHILDREN && fork() != 0) {
		number++;
	}
	if (number == CHILDREN) {
		sys_yield();
		return;
	}
	/* All are to run at once: wait until the parent is done. */
	while (envs[ENVX(parent)].env_status != ENV_FREE) {
		asm volatile("pause");
	}
	for (int round = 0; round < ROUNDS; round++) {
		sys_yield();
		for (int i = 0; i < COUNTS; i++) {
			counter++;
		}
	}
	if (counter != ROUNDS * COUNTS) {
		panic("ran on two CPUs at once (counter is %d)", counter);
	}
	cprintf("[%08x] stresssched on CPU %d\n", thisenv->env_id, thisenv->env_cpunum);
}
