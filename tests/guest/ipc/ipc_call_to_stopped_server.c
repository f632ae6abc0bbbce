/* A caller whose server is stopped with the message in hand waits, and gets its answer after the
 * server was started again. */
#include "tests/guest/peers.h"

static envid_t server;

static void serve(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 0};

	(void)arg;
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	msg.w[0]++;
	CHECK_EQ(ipc_reply(msg.from, &msg), OK);
}

static void client(uint32_t arg)
{
	struct ipc_msg msg = {.w = {arg}, .nwords = 1};

	CHECK_EQ(ipc_call(server, &msg, 0), OK);
	CHECK_EQ(msg.w[0], arg + 1);
}

int main(void)
{
	envid_t caller;

	server = peer_start(serve, 0);
	await_ipc(server, 0);
	CHECK_EQ(sys_env_set(server, ENV_RUN, 0), OK);
	caller = peer_start(client, 70);
	await_ipc(caller, server);
	CHECK(!record(server)->waits);
	for (int i = 0; i < 50; i++) {
		sys_yield();
	}
	CHECK(record(caller)->waits);
	env_run(server);
	peers_end();
	return 0;
}
