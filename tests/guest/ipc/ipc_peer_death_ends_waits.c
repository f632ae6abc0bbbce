/* Whoever waits for an env that dies gets E_DEAD at once, in each IPC state, bounded or not,
 * whether the dying env runs, waits or is stopped, however it dies. Who is stopped meanwhile gets
 * it when started. */
#include "tests/guest/peers.h"

enum { LONG_US = 60000000 };

static envid_t parent, victim;

/* How the waiter waits, and what it lets the victim do first. */
static const struct {
	uint32_t flags;
	bool received; /* the victim takes the message (of a call), and dies then */
} states[] = {
	{IPC_SEND, false},
	{IPC_SEND | IPC_SEND_TIMEOUT, false},
	{IPC_SEND | IPC_RECV, false},
	{IPC_SEND | IPC_RECV | IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT, false},
	{IPC_SEND | IPC_RECV, true},
	{IPC_SEND | IPC_RECV | IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT, true},
	{IPC_RECV, false},
	{IPC_RECV | IPC_RECV_TIMEOUT, false},
};
enum { STATES = sizeof(states) / sizeof(states[0]) };

/* How the victim dies, told by the parent or done by it. */
enum way { KILLED_WAITING, KILLED_STOPPED, KILLED_ASLEEP, EXITS, FAULTS, WAYS };

static void waiter(uint32_t state)
{
	env_page->send_us = env_page->recv_us = LONG_US;
	CHECK_EQ(raw_ipc(states[state].flags, victim), E_DEAD);
	CHECK_EQ(raw_ipc(states[state].flags, victim), E_BAD_ENV);
}

static void mortal(uint32_t arg)
{
	(void)arg;
	for (;;) {
		switch (recv_word(parent, NULL)) {
		case EXITS: return;
		case FAULTS: *(volatile char *)0 = 0; break;
		case KILLED_ASLEEP: (void)raw_ipc(IPC_RECV, env_page->id); break;
		default: (void)recv_word(0, NULL); break; /* take the waiter's message */
		}
	}
}

static void die(enum way way)
{
	switch (way) {
	case EXITS:
	case FAULTS: CHECK_EQ(send_word(victim, way, 0), 0); break;
	case KILLED_ASLEEP:
		CHECK_EQ(send_word(victim, way, 0), 0);
		await_ipc(victim, victim);
		CHECK_EQ(sys_env_destroy(victim, 0), OK);
		break;
	case KILLED_STOPPED:
		CHECK_EQ(sys_env_set(victim, ENV_RUN, 0), OK);
		CHECK_EQ(sys_env_destroy(victim, 0), OK);
		break;
	default: CHECK_EQ(sys_env_destroy(victim, 0), OK); break;
	}
	await_death(victim);
}

static void check(uint32_t state, enum way way, bool stop_waiter)
{
	struct peer *peer;
	envid_t waiting;

	victim = peer_start(mortal, 0);
	peer = peer_of(victim);
	await_ipc(victim, parent);
	waiting = peer_start(waiter, state);
	await_ipc(waiting, victim);
	if (states[state].received) {
		CHECK_EQ(send_word(victim, 100, 0), 0);
		await_ipc(victim, parent);
	}
	if (stop_waiter) {
		CHECK_EQ(sys_env_set(waiting, ENV_RUN, 0), OK);
	}
	die(way);
	if (stop_waiter) {
		CHECK(!record(waiting)->waits);
		CHECK(env_lives(waiting));
		env_run(waiting);
	}
	peer->id = 0;
	peer_join(waiting);
}

int main(void)
{
	parent = env_page->id;
	for (uint32_t state = 0; state < STATES; state++) {
		for (uint32_t way = 0; way < WAYS; way++) {
			check(state, way, false);
			check(state, way, true);
		}
	}
	return 0;
}
