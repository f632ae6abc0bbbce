/* Too many words, unknown flags and phases that make no sense are E_INVAL, and deliver nothing. */
#include "tests/guest/peers.h"

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_word(0, NULL), 77);
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);
	static const uint32_t phases[] = {IPC_SEND, IPC_RECV, IPC_SEND | IPC_RECV,
	                                  IPC_SEND | IPC_RECV | IPC_REPLY};

	await_ipc(peer, 0);
	for (uint32_t p = 0; p < sizeof(phases) / sizeof(phases[0]); p++) {
		for (uint32_t n = IPC_WORDS_MAX + 1; n <= IPC_WORDS_MASK; n++) {
			CHECK_EQ(raw_ipc(phases[p] | IPC_WORDS(n), peer), E_INVAL);
		}
		for (uint32_t bit = 19; bit < IPC_WORDS_SHIFT; bit++) {
			CHECK_EQ(raw_ipc(phases[p] | 1u << bit, peer), E_INVAL);
		}
		for (uint32_t bit = 27; bit < 32; bit++) {
			CHECK_EQ(raw_ipc(phases[p] | 1u << bit, peer), E_INVAL);
		}
	}
	for (uint32_t more = 1; more < 1u << 4;
	     more++) { /* a fault call is a call, without other bounds */
		uint32_t flags = more & 1 ? 0 : IPC_SEND;

		flags |= more & 2 ? 0 : IPC_RECV;
		flags |= more & 4 ? IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT : 0;
		flags |= more & 8 ? IPC_REPLY : 0;
		CHECK_EQ(raw_ipc(IPC_FAULT_CALL | flags, peer), E_INVAL);
	}
	CHECK_EQ(raw_ipc(0, peer), E_INVAL);
	CHECK_EQ(raw_ipc(IPC_REPLY, peer), E_INVAL);
	CHECK_EQ(raw_ipc(IPC_REPLY | IPC_SEND, peer), E_NOT_WAITING); /* not for our answer */
	CHECK_EQ(raw_ipc(IPC_REPLY | IPC_RECV, peer), E_INVAL);
	CHECK_EQ(raw_ipc(IPC_PAGES | IPC_WINDOW | IPC_WORDS(3), peer), E_INVAL);
	CHECK(record(peer)->waits);
	CHECK_EQ(send_word(peer, 77, 0), 0);
	peers_end();
	return 0;
}
