/* A switch costs the same with 900 envs as with two, be they ready or blocked and woken one by one. */
/* smp: 1 */
/* icount: 1 */
/* mem: 256 */
/* timeout: 120 */
#include "libsys/ipc.h"
#include "tests/guest/check.h"

enum { PARTS = 4, EACH = 225, ROUNDS = 20 };

static inline uint64_t tsc(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value));
	return value;
}

/* Says hello once, then yields until somebody kills it. */
static void yielder(envid_t parent)
{
	struct ipc_msg msg = {.nwords = 1};

	CHECK_EQ(ipc_call(parent, &msg, 0), OK); /* blocked, until the answer */
	for (;;) {
		sys_yield();
	}
}

/* A process that forks n - 1 yielders, and is one too. */
static void fork_yielders(uint32_t n)
{
	envid_t parent = env_page->id;
	pid_t pid = fork();

	if (pid != 0) {
		CHECK(pid > 0);
		return;
	}
	for (uint32_t i = 1; i < n; i++) {
		pid = fork();
		if (pid == 0) {
			break;
		}
		CHECK(pid > 0);
	}
	yielder(parent);
}

static envid_t waiting[PARTS * EACH];

/* n are blocked in a call to us; cost of waking one. */
static uint32_t wake_all(uint32_t n)
{
	struct ipc_msg msg = {.nwords = 1};
	uint64_t start = tsc();

	for (uint32_t i = 0; i < n; i++) {
		CHECK_EQ(ipc_reply(waiting[i], &msg), OK);
	}
	return (uint32_t)(tsc() - start) / n;
}

/* Cost of a turn of each of n others. */
static uint32_t measure(uint32_t n)
{
	uint64_t best = ~0ull;

	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint64_t start = tsc();

		sys_yield();
		best = tsc() - start < best ? tsc() - start : best;
	}
	return (uint32_t)(best / (n + 1));
}

static void collect(uint32_t n)
{
	struct ipc_msg msg;

	for (uint32_t i = 0; i < n; i++) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
		waiting[i] = msg.from;
	}
}

int main(void)
{
	uint32_t wake_few, wake_many, few, many;

	fork_yielders(2);
	collect(2);
	wake_few = wake_all(2);
	few = measure(2);
	for (int i = 0; i < PARTS; i++) {
		fork_yielders(EACH);
	}
	collect(PARTS * EACH);
	wake_many = wake_all(PARTS * EACH);
	many = measure(PARTS * EACH + 2);
	printf("a wake-up: %u with 2, %u with %u; a turn: %u, %u\n", wake_few, wake_many,
	       PARTS * EACH, few, many);
	CHECK(wake_many <= wake_few + wake_few / 10);
	CHECK(many <= few + few / 10);
	return 0; /* the machine ends, and with it all of them */
}
