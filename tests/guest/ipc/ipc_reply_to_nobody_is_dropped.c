/* A reply reaches only an env that waits for this very server. To anyone else it is dropped, at
 * once, and the receive phase goes on. */
#include "tests/guest/peers.h"

enum { REPLY = IPC_SEND | IPC_RECV | IPC_REPLY };

static envid_t parent;

static void open_receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 1);
}

static void queued_caller(uint32_t arg)
{
	struct ipc_msg msg = {.w = {arg}, .nwords = 1};

	CHECK_EQ(ipc_call(parent, &msg, 0), OK);
	CHECK_EQ(msg.w[0], arg + 1);
}

static void reply_and_poll(envid_t to)
{
	struct syscall_regs regs = {.ebx = (uint32_t)to, .esi = 666};

	CHECK_EQ(syscall_raw(SYS_IPC | REPLY | IPC_RECV_NOWAIT | IPC_WORDS(1), &regs),
	         E_NOT_WAITING);
}

int main(void)
{
	envid_t stopped, open, caller;
	struct ipc_msg msg = {.w = {666}, .nwords = 1};

	parent = env_page->id;
	stopped = peer_make(open_receiver, 0);
	reply_and_poll(stopped); /* does not wait */
	reply_and_poll(process_manager);
	open = peer_start(open_receiver, 0);
	await_ipc(open, 0);
	reply_and_poll(open); /* waits, but not for us */
	CHECK(record(open)->waits);
	CHECK_EQ(send_word(open, 1, 0), 0);
	caller = peer_start(queued_caller, 50);
	await_ipc(caller, parent);
	CHECK_EQ(ipc_reply_recv(caller, &msg, 0), OK); /* it is not yet answered: it asks */
	CHECK_EQ(msg.from, caller);
	CHECK_EQ(msg.w[0], 50);
	msg.w[0] = 51;
	CHECK_EQ(ipc_reply(caller, &msg), OK);
	CHECK(ipc_reply(caller, &msg) < 0); /* once */
	peer_kill(stopped);
	reply_and_poll(stopped);
	peers_end();
	return 0;
}
