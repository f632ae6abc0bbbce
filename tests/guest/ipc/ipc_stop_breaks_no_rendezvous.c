/* Stopping and starting an env in each IPC state breaks nothing: messages to a stopped receiver and
 * from a stopped sender arrive, and the env goes on with its result once it is started. */
#include "tests/guest/peers.h"

static envid_t parent;
static volatile uint32_t step;

static void partner(uint32_t arg)
{
	struct ipc_msg msg = {.w = {20}, .nwords = 1};

	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 10);
	step = 1;
	CHECK_EQ(recv_word(parent, NULL), 11);
	step = 2;
	CHECK_EQ(send_word(parent, 12, 0), 0);
	step = 3;
	CHECK_EQ(ipc_call(parent, &msg, 0), OK);
	CHECK_EQ(msg.w[0], 21);
	step = 4;
	env_page->recv_us = 20000;
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_TIMEOUT, env_page->id), E_TIMEOUT);
	step = 5;
	msg.w[0] = 30;
	CHECK_EQ(ipc_reply_recv(parent, &msg, 0), OK);
	CHECK_EQ(msg.w[0], 31);
	step = 6;
}

static void stop(envid_t peer)
{
	CHECK_EQ(sys_env_set(peer, ENV_RUN, 0), OK);
}

/* It has its result, and has not gone on. */
static void check_and_start(envid_t peer, uint32_t was, uint32_t next)
{
	CHECK(!record(peer)->waits);
	CHECK_EQ(record(peer)->status, ENV_NOT_RUNNABLE);
	CHECK_EQ(step, was);
	env_run(peer);
	while (step != next) {
		relax();
	}
}

int main(void)
{
	envid_t peer = peer_make(partner, 0);

	parent = env_page->id;
	env_run(peer);
	await_ipc(peer, 0); /* open receive */
	stop(peer);
	CHECK(record(peer)->waits);
	CHECK_EQ(send_word(peer, 10, IPC_SEND_NOWAIT), 0);
	check_and_start(peer, 0, 1);
	await_ipc(peer, parent); /* closed receive, started while it waits */
	stop(peer);
	stop(peer);
	env_run(peer);
	env_run(peer);
	CHECK(record(peer)->waits);
	stop(peer);
	CHECK_EQ(send_word(peer, 11, IPC_SEND_NOWAIT), 0);
	check_and_start(peer, 1, 2);
	await_ipc(peer, parent); /* sends */
	stop(peer);
	CHECK_EQ(recv_word(0, NULL), 12);
	check_and_start(peer, 2, 3);
	await_ipc(peer, parent); /* calls: queued, then waiting for the answer */
	stop(peer);
	CHECK_EQ(recv_word(peer, NULL), 20);
	CHECK(record(peer)->waits);
	CHECK_EQ(send_word(peer, 21, IPC_SEND_NOWAIT), 0);
	check_and_start(peer, 3, 4);
	await_ipc(peer, peer); /* sleeps; time goes on meanwhile */
	stop(peer);
	while (record(peer)->waits) {
		relax();
	}
	check_and_start(peer, 4, 5);
	await_ipc(peer, 0);
	stop(peer);
	CHECK_EQ(send_word(peer, 31, IPC_SEND_NOWAIT), 0);
	check_and_start(peer, 5, 6);
	peers_end();
	return 0;
}
