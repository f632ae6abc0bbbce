/* B1 to B3: what does not touch memory of programs: the cheapest system call, a message there and
 * back, a yield. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/syscall.h"

enum {
	CALL_COUNT,  /* w0 = number; answered with the next */
	CALL_INVERT, /* answered with all words inverted */
	CALL_STOP,
	FIRST_MSG_WORD = 3,
	BOUND_US = 10000000,
};

void bench_system_call(void)
{
	const uint32_t ops = times(1000, 100);
	envid_t id = sys_self();
	uint64_t start = mark_start(), stop;

	for (uint32_t i = 0; i < ops; i++) {
		id = sys_self();
	}
	stop = mark_stop();
	expect(id == env_page->id, "own id");
	report("B1", 0, ops, stop - start);
}

/* ---- messages ---- */

/* The message whose words all are. */
static struct ipc_msg inverted(struct ipc_msg msg)
{
	msg.w[0] = ~msg.w[0];
	msg.w[2] = ~msg.w[2];
	for (uint32_t i = FIRST_MSG_WORD; i < msg.nwords; i++) {
		env_page->msg[i] = ~env_page->msg[i];
	}
	return msg;
}

/* The partner. w1 says what the message is. */
static void answer(envid_t parent)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	for (;;) {
		must(ipc_reply_recv(client, &msg, 0), "reply and receive");
		client = msg.from;
		if (__builtin_expect(msg.w[1] == CALL_COUNT, true)) {
			msg.w[0]++;
			msg.nwords = 1;
		} else if (msg.w[1] == CALL_INVERT) {
			msg = inverted(msg);
		} else {
			expect(client == parent, "who sent the message");
			return;
		}
	}
}

static uint32_t pattern(uint32_t seed, uint32_t i)
{
	return (seed + i) * 2654435761u;
}

/* Every word of a message of that many arrives, there and back. */
static void check_words(envid_t partner, uint32_t nwords, uint32_t seed)
{
	struct ipc_msg msg = {.nwords = nwords};

	msg.w[0] = pattern(seed, 0);
	msg.w[1] = CALL_INVERT;
	msg.w[2] = pattern(seed, 2);
	for (uint32_t i = FIRST_MSG_WORD; i < nwords; i++) {
		env_page->msg[i] = pattern(seed, i);
	}
	must(ipc_call(partner, &msg, 0), "call");
	expect(msg.nwords == nwords, "number of words");
	expect(msg.w[0] == ~pattern(seed, 0) && msg.w[2] == ~pattern(seed, 2),
	       "words in registers");
	for (uint32_t i = FIRST_MSG_WORD; i < nwords; i++) {
		expect(env_page->msg[i] == ~pattern(seed, i), "words beyond the registers");
	}
}

/* Calls of `nwords` words, answered with one. Each answer is the next call's word. */
static void measure_words(envid_t partner, uint32_t nwords, uint32_t ops)
{
	struct ipc_msg msg = {.w = {0, CALL_COUNT, 0}};
	uint64_t start, stop;

	check_words(partner, nwords, 1);
	start = mark_start();
	for (uint32_t i = 0; i < ops; i++) {
		msg.nwords = nwords;
		(void)ipc_call(partner, &msg, 0);
		msg.w[1] = CALL_COUNT;
	}
	stop = mark_stop();
	expect(msg.w[0] == ops && msg.nwords == 1, "number of answers");
	check_words(partner, nwords, 2);
	report("B2", nwords, ops, stop - start);
}

void bench_message(void)
{
	static const uint32_t sizes[] = {1, 3, 4, 8, 16, 32, 64};
	struct partner partner = partner_start(answer);
	struct ipc_msg stop = {.w = {0, CALL_STOP}, .nwords = 2};

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		measure_words(partner.env, sizes[i], times(1000, 100));
	}
	must(ipc_send(partner.env, &stop, 0), "stop");
	partner_join(partner);
}

/* B2 by a caller that bounds how long it waits. */
void shape_message(void)
{
	const uint32_t ops = times(1000, 100);
	struct partner partner = partner_start(answer);
	struct ipc_msg msg = {.w = {0, CALL_COUNT, 0}}, end = {.w = {0, CALL_STOP}, .nwords = 2};
	uint64_t start, stop;

	env_page->send_us = env_page->recv_us = BOUND_US;
	start = mark_start();
	for (uint32_t i = 0; i < ops; i++) {
		msg.nwords = 1;
		(void)ipc_call(partner.env, &msg, IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT);
		msg.w[1] = CALL_COUNT;
	}
	stop = mark_stop();
	expect(msg.w[0] == ops && msg.nwords == 1, "number of answers");
	must(ipc_send(partner.env, &end, 0), "stop");
	partner_join(partner);
	report("call_bounded", 1, ops, stop - start);
}

/* ---- yield ---- */

enum { YIELD_TURNS, YIELD_STOP }; /* words of the shared page */
enum { TICKS = 8 };               /* turns that the timer may have given or taken */

static void take_turns(envid_t parent)
{
	volatile uint32_t *shared = (volatile uint32_t *)BENCH_SHARED;

	(void)parent;
	while (!shared[YIELD_STOP]) {
		shared[YIELD_TURNS]++;
		sys_yield();
	}
}

/* Two envs that yield to each other: on one CPU each turn of the loop is a call of both. */
void bench_yield(void)
{
	const uint32_t turns = times(1000, 100);
	volatile uint32_t *shared = shared_start();
	struct partner partner = partner_start(take_turns);
	struct sysinfo info;
	uint64_t start, stop;
	uint32_t before, others;

	while (shared[YIELD_TURNS] == 0) {
		sys_yield();
	}
	before = shared[YIELD_TURNS];
	start = mark_start();
	for (uint32_t i = 0; i < turns; i++) {
		sys_yield();
	}
	stop = mark_stop();
	others = shared[YIELD_TURNS] - before;
	must(sys_sysinfo(&info), "sysinfo");
	expect(info.ncpu > 1 || (others >= turns - TICKS && others <= turns + TICKS),
	       "turns of the other env");
	shared[YIELD_STOP] = 1;
	partner_join(partner);
	shared_end();
	report("B3", 0, turns + others, stop - start);
}
