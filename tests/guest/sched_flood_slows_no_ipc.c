/* A flood of hints costs others no more than a loop of calls that need no lock: their IPC is at most
 * 10% slower. On one CPU: under icount the emulator runs several in turns of its own, which decides then. */
/* smp: 1 */
/* icount: 4 */
/* timeout: 120 */
#include "libsys/sched.h"
#include "tests/guest/peers.h"

enum { RUN_MS = 200 };

static volatile uint32_t rounds;

static void serves(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 1};
	envid_t to = 0;

	for (;;) {
		CHECK_EQ(ipc_reply_recv(to, &msg, 0), OK);
		to = msg.from;
		msg.nwords = 1 + arg;
	}
}

static void calls(uint32_t server)
{
	struct ipc_msg msg = {.nwords = 1};

	for (;; rounds++) {
		msg.nwords = 1;
		CHECK_EQ(ipc_call((envid_t)server, &msg, 0), OK);
	}
}

static void asks_who_it_is(uint32_t arg)
{
	for (;;) {
		(void)sys_self();
		(void)arg;
	}
}

static void floods(uint32_t arg)
{
	for (;;) {
		(void)sched_weight(0, 1, 1000);
		(void)sched_cpu(0, 0, 1000);
		(void)sched_next(0, 1000);
		(void)sched_yield_to((envid_t)arg);
		(void)sched_yield_to(0x7FFFF000);
	}
}

static envid_t start_on(uint32_t cpu, peer_fn *fn, uint32_t arg)
{
	envid_t id = peer_make(fn, arg);

	CHECK_EQ(sched_cpu(id, cpu, HINT_MS_MAX), 1);
	env_run(id);
	return id;
}

/* Rounds of IPC beside something else: on the same CPU, or on the other one. */
static uint32_t measure(uint32_t ncpu, peer_fn *beside, bool flood)
{
	envid_t server = start_on(0, serves, 0), client = start_on(0, calls, (uint32_t)server);
	envid_t other = start_on(ncpu - 1, beside, flood ? (uint32_t)client : 0);
	uint32_t before, result;

	sleep_ms(50);
	before = rounds;
	sleep_ms(RUN_MS);
	result = rounds - before;
	peer_kill(other);
	peer_kill(client);
	peer_kill(server);
	return result;
}

int main(void)
{
	struct sysinfo info;
	uint32_t quiet, flooded;

	CHECK_EQ(sys_sysinfo(&info), OK);
	quiet = measure(info.ncpu, asks_who_it_is, false);
	flooded = measure(info.ncpu, floods, true);
	printf("%u round trips beside a loop, %u beside a flood\n", quiet, flooded);
	CHECK(quiet > 5000);
	CHECK(flooded >= quiet - quiet / 10);
	return 0;
}
