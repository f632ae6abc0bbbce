/* The sieve of communicating processes (Hoare, "Communicating Sequential Processes", 1978): a
 * row of processes, each the owner of one prime. A number goes from left to right until one that
 * divides it swallows it; what passes everybody is prime and gets a process of its own at the
 * right end.
 *
 *     source --2,3,4..--> [2] --3,5,7..--> [3] --5,7,11..--> [5] ...
 *
 * Each process calls its left neighbour for the next number, so only env ids from before the
 * fork are needed. After the last number comes 0; each process passes it on and waits for its
 * right neighbour to end, so that nobody is left behind. */
#include "libsys/args.h"
#include "libsys/ipc.h"
#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000000 };

static envid_t left;      /* 0: this is the source */
static uint32_t next = 2; /* the source's next number */
static uint32_t limit;    /* the source's last number */

/* The next number from the left, 0 after the last. */
static uint32_t take_number(void)
{
	struct ipc_msg msg = {.nwords = 0};

	if (left == 0) {
		return next <= limit ? next++ : 0;
	}
	if (ipc_call(left, &msg, 0) < 0) {
		return 0; /* the left neighbour died: so this is the end */
	}
	return msg.w[0];
}

/* Gives `number` to the right neighbour when it asks. *right is 0 until it asked for the first
 * time. OK or an error. */
static int give_number(envid_t *right, uint32_t number)
{
	struct ipc_msg msg;
	int status;

	do {
		status = ipc_recv(*right, &msg, 0);
	} while (status >= 0 && msg.from == 0);
	if (status < 0) {
		return status;
	}
	*right = msg.from;
	msg.w[0] = number;
	msg.nwords = 1;
	return ipc_reply(*right, &msg);
}

/* One process of the row: takes all numbers, passes on those that are not multiples of its
 * prime. `prime` is 1 for the source. Returns true in a right neighbour just
 * forked, which starts afresh; else false, with *failed set if something went wrong. */
static bool filter(uint32_t prime, bool *failed)
{
	envid_t self = sys_self();
	envid_t right = 0;
	pid_t child = 0;
	uint32_t number;

	do {
		number = take_number();
		if (*failed || (number != 0 && prime > 1 && number % prime == 0)) {
			continue; /* a broken row is still emptied, so that the left ends */
		}
		if (number != 0 && child == 0) {
			child = fork();
			if (child == 0) {
				left = self;
				return true;
			}
		}
		if (child < 0 || (child > 0 && give_number(&right, number) < 0)) {
			printf("primes: lost %u: %s\n", number,
			       child < 0 ? status_text(child) : "the next process ended");
			*failed = true;
		}
	} while (number != 0);

	struct process_end end;

	if (child > 0 && (wait(child, &end, 0) < 0 || end.status != 0)) {
		*failed = true;
	}
	return false;
}

int main(int argc, char *argv[])
{
	int last = LIMIT_DEFAULT;
	uint32_t prime = 1;
	bool failed = false;

	if (argc > 2 || (argc == 2 && !args_number(argv[1], 0, LIMIT_MAX, &last))) {
		puts("usage: primes [LIMIT]");
		return 1;
	}
	limit = (uint32_t)last;
	while (filter(prime, &failed)) {
		prime = take_number();
		if (prime == 0) {
			return 1;
		}
		printf("%u\n", prime);
	}
	return failed;
}
