/* On path `self` a parent that waits for a child takes no message that is the program's, and no
 * receive of the program shows it the kernel's notices about its children. */
#include "tests/guest/self.h"

enum { BOUND_US = 50000, ROUNDS = 50 };

static envid_t parent;

static void send_and_end(void)
{
	struct ipc_msg msg = {.w = {4711}, .nwords = 1};

	CHECK_EQ(ipc_send(parent, &msg, 0), 0);
}

static void nap(void)
{
	sleep_ms(5);
}

static void nothing(void)
{
}

static void check_all(void)
{
	struct ipc_msg msg;

	parent = sys_self();
	for (int i = 0; i < ROUNDS; i++) {
		pid_t sender = start_child(send_and_end), sleeper = start_child(nap);

		CHECK_EQ(end_of(sleeper).status, 0);
		CHECK_EQ(ipc_recv(0, &msg, 0), OK); /* and not the sleeper's death */
		CHECK_EQ(msg.from, sender);
		CHECK_EQ(msg.w[0], 4711);
		CHECK_EQ(end_of(sender).status, 0);
	}
	(void)start_child(nothing);
	env_page->recv_us = BOUND_US;
	CHECK_EQ(ipc_recv(0, &msg, IPC_RECV_TIMEOUT), E_TIMEOUT);
	CHECK_EQ(ipc_reply_recv(0, &msg, IPC_RECV_TIMEOUT), E_TIMEOUT);
	CHECK_EQ(sys_notify(0, 1u << 17), 0);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(msg.from, 0);
	CHECK_EQ(msg.w[0], 1u << 17);
	CHECK(wait(0, NULL, 0) > 0);
}

static const struct role roles[] = {{"all", check_all}};

int main(int argc, char *argv[])
{
	play_role(argc, argv, roles, 1);
	check_role("all", 0);
	return 0;
}
