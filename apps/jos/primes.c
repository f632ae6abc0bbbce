/* The sieve as a row of envs: each prints the first number that reaches it, a prime, and passes
 * on what that does not divide. It ends when there are no envs left. */
#include <inc/lib.h>

static envid_t make_child(void)
{
	const envid_t child = fork();

	if (child < 0) {
		panic("fork: %e", child);
	}
	return child;
}

static void pass_on(int prime, envid_t right)
{
	for (;;) {
		const int number = ipc_recv(0, 0, 0);

		if (number % prime != 0) {
			ipc_send(right, number, 0, 0);
		}
	}
}

/* Each env of the row is a copy of the one to its left, and begins where that one forked. */
static void sieve(void)
{
	for (;;) {
		const int prime = ipc_recv(0, 0, 0);
		envid_t right;

		cprintf("CPU %d: %d ", thisenv->env_cpunum, prime);
		right = make_child();
		if (right != 0) {
			pass_on(prime, right);
		}
	}
}

void umain(int argc, char **argv)
{
	const envid_t first = make_child();

	if (first == 0) {
		sieve();
	}
	for (int number = 2;; number++) {
		ipc_send(first, number, 0, 0);
	}
}
