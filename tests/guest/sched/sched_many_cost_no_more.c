/* A switch costs the same with a thousand envs as with two for each CPU: when all are blocked but
 * one, which wakes the next, and when all are ready and yield. They are processes, each with envs
 * that it made itself. */
/* smp: 1 2 */
/* icount: 1 */
/* mem: 512 */
/* timeout: 120 */
#define PEERS_MAX 58
#define PEER_STACK 1024
#include "libsys/process.h"
#include "tests/guest/peers.h"

enum { HOSTS = 17, MANY = HOSTS * (PEERS_MAX + 1), RUN_MS = 40, SEND_US = 10000 };
_Static_assert(MANY >= 1000, "a thousand");

/* What members are told: w[0]. */
enum { NEXT_IS, TOKEN, YIELD };

static envid_t member[MANY];

/* Passes a token on to the next, or yields for ever. */
static void takes_part(uint32_t mother)
{
	struct ipc_msg msg = {0};
	envid_t next = 0;

	env_page->send_us = SEND_US;
	(void)ipc_send((envid_t)mother, &msg, 0);
	for (;;) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
		if (msg.w[0] == NEXT_IS) {
			next = (envid_t)msg.w[1];
		} else if (msg.w[0] == TOKEN) {
			(void)ipc_send(next, &msg, IPC_SEND_TIMEOUT); /* till all yield */
		}
		while (msg.w[0] == YIELD) {
			sys_yield();
			asm volatile(
				"pause"); /* the emulator's next CPU: not while we hold the lock */
		}
	}
}

/* A process that makes that many peers, and takes part, too. */
static pid_t start_host(uint32_t npeers)
{
	uint32_t mother = (uint32_t)env_page->id;
	pid_t pid = fork();

	if (pid == 0) {
		for (uint32_t i = 0; i < npeers; i++) {
			envid_t id = peer_make(takes_part, mother);

			CHECK_EQ(sys_env_set(id, ENV_SLOTS, 0), OK); /* leaves us some */
			env_run(id);
		}
		takes_part(mother);
	}
	CHECK(pid > 0);
	return pid;
}

static void tell(envid_t id, uint32_t what, envid_t whom)
{
	struct ipc_msg msg = {.w = {what, (uint32_t)whom}, .nwords = 2};

	CHECK_EQ(ipc_send(id, &msg, 0), OK);
}

static uint64_t tsc(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value));
	return value;
}

/* Counts of the TSC for each switch from one to another, while they are at work. */
static uint32_t cost(void)
{
	struct sysinfo before, after;
	uint64_t start = tsc();

	CHECK_EQ(sys_sysinfo(&before), OK);
	sleep_ms(RUN_MS);
	CHECK_EQ(sys_sysinfo(&after), OK);
	CHECK(after.switches - before.switches > MANY);
	return (uint32_t)(tsc() - start) / (after.switches - before.switches);
}

struct costs {
	uint32_t wake, yield;
};

static struct costs measure(uint32_t n)
{
	struct ipc_msg msg;
	struct costs costs;

	for (uint32_t i = 0; i < n; i++) {
		CHECK_EQ(ipc_recv(0, &msg, 0), OK);
		member[i] = msg.from;
	}
	for (uint32_t i = 0; i < n; i++) {
		tell(member[i], NEXT_IS, member[(i + 1) % n]);
	}
	tell(member[0], TOKEN, 0);
	costs.wake = cost();
	for (uint32_t i = 0; i < n; i++) {
		tell(member[i], YIELD, 0);
	}
	costs.yield = cost();
	return costs;
}

int main(void)
{
	struct process_end end;
	struct costs few, many;
	struct sysinfo info;
	pid_t pid;

	CHECK_EQ(sys_sysinfo(&info), OK);
	pid = start_host(2 * info.ncpu - 1);
	few = measure(2 * info.ncpu);
	CHECK_EQ(kill(pid), OK);
	CHECK_EQ(wait(pid, &end, 0), pid);
	for (uint32_t i = 0; i < HOSTS; i++) {
		(void)start_host(PEERS_MAX);
	}
	many = measure(MANY);
	printf("a wake-up: %u with %u, %u with %u; a yield: %u, %u\n", few.wake, 2 * info.ncpu,
	       many.wake, MANY, few.yield, many.yield);
	CHECK(many.wake <= few.wake + few.wake / 10);
	CHECK(many.yield <= few.yield + few.yield / 10);
	return 0; /* the machine ends, and with it all of them */
}
