/* Bits add up while nobody looks, come behind the senders that were queued before and before those
 * that came later, are cleared once read, and wake an open receiver. Bits that are not the user's
 * are refused. */
#include "tests/guest/peers.h"

static envid_t parent;

static void sender(uint32_t arg)
{
	CHECK_EQ(send_word(parent, arg, 0), 0);
}

static void notifier(uint32_t arg)
{
	CHECK_EQ(sys_notify(parent, arg), OK);
}

/* The sender behind whom the bits stand goes away: they do not. */
static void check_turn_of_who_gave_up(void)
{
	envid_t first = peer_start(sender, 1), second, from;

	await_ipc(first, parent);
	second = peer_start(sender, 2);
	await_ipc(second, parent);
	CHECK_EQ(sys_notify(0, 0x10000), OK);
	peer_kill(second);
	CHECK_EQ(recv_word(0, &from), 1);
	CHECK_EQ(recv_word(0, &from), 0x10000);
	CHECK_EQ(sys_notify(0, 0x20000), OK); /* nobody is there */
	first = peer_start(sender, 3);
	await_ipc(first, parent);
	CHECK_EQ(recv_word(0, &from), 0x20000);
	CHECK_EQ(recv_word(0, &from), 3);
}

static void receiver(uint32_t arg)
{
	struct ipc_msg msg;

	(void)arg;
	CHECK_EQ(ipc_recv(0, &msg, 0), OK);
	CHECK_EQ(msg.from, 0);
	CHECK_EQ(msg.w[0], 0x40000);
	CHECK_EQ(msg.npages, 0);
}

int main(void)
{
	envid_t from, peer, later;

	parent = env_page->id;
	peer = peer_start(sender, 7);
	await_ipc(peer, parent);
	for (uint32_t bit = 16; bit < 24; bit++) {
		peer_join(peer_start(notifier, 1u << bit));
	}
	later = peer_start(sender, 8);
	await_ipc(later, parent);
	CHECK_EQ(sys_notify(0, 0x10000), OK); /* oneself; again */
	CHECK_EQ(recv_word(0, &from), 7);
	CHECK_EQ(from, peer);
	CHECK_EQ(recv_word(0, &from), IPC_BITS_USER);
	CHECK_EQ(from, 0);
	CHECK_EQ(recv_word(0, &from), 8);
	CHECK_EQ(from, later);
	check_turn_of_who_gave_up();
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
	for (uint32_t bit = 0; bit < 32; bit++) {
		uint32_t bits = 1u << bit;

		CHECK_EQ(sys_notify(0, bits | 0x10000), bits & IPC_BITS_USER ? OK : E_INVAL);
	}
	CHECK_EQ(recv_word(0, &from), IPC_BITS_USER);
	CHECK_EQ(sys_notify(0, 0), OK);
	CHECK_EQ(raw_ipc(IPC_RECV | IPC_RECV_NOWAIT, 0), E_NOT_WAITING);
	peers_end();
	peer = peer_start(receiver, 0);
	await_ipc(peer, 0);
	CHECK_EQ(sys_notify(peer, 0x40000), OK);
	peers_end();
	return 0;
}
