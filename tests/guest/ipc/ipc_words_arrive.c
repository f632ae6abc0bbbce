/* A call of n words, 0..64, arrives with these words and this count, and so does its answer. */
#include "tests/guest/peers.h"

static uint32_t pattern(uint32_t n, uint32_t i)
{
	return (n << 24) ^ (i * 0x01000193u) ^ 0x5A5A0000u;
}

static void put(struct ipc_msg *msg, uint32_t n, uint32_t flip)
{
	msg->nwords = n;
	for (uint32_t i = 0; i < 3; i++) {
		msg->w[i] = pattern(n, i) ^ flip;
	}
	for (uint32_t i = 3; i < IPC_WORDS_MAX; i++) {
		env_page->msg[i] = i < n ? pattern(n, i) ^ flip : 0xDEAD0000 + i;
	}
}

static void check(const struct ipc_msg *msg, uint32_t n, uint32_t flip)
{
	CHECK_EQ(msg->nwords, n);
	CHECK_EQ(msg->npages, 0);
	for (uint32_t i = 0; i < 3; i++) {
		CHECK_EQ(msg->w[i], pattern(n, i) ^ flip); /* also those beyond n */
	}
	for (uint32_t i = 3; i < n; i++) {
		CHECK_EQ(env_page->msg[i], pattern(n, i) ^ flip);
	}
}

/* What the receiver had there must stay. */
static void check_rest(uint32_t n)
{
	for (uint32_t i = n < 3 ? 3 : n; i < IPC_WORDS_MAX; i++) {
		CHECK_EQ(env_page->msg[i], 0xBEEF0000 + i);
	}
}

static void fill_rest(void)
{
	for (uint32_t i = 3; i < IPC_WORDS_MAX; i++) {
		env_page->msg[i] = 0xBEEF0000 + i;
	}
}

static void server(uint32_t arg)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t client = 0;

	(void)arg;
	for (uint32_t n = 0; n <= IPC_WORDS_MAX; n++) {
		fill_rest();
		if (client) {
			put(&msg, n - 1, 0xFFFFFFFF);
		}
		CHECK_EQ(ipc_reply_recv(client, &msg, 0), OK);
		client = msg.from;
		check(&msg, n, 0);
		if (n == 0) {
			check_rest(0); /* later the answer was put there */
		}
	}
	put(&msg, IPC_WORDS_MAX, 0xFFFFFFFF);
	CHECK_EQ(ipc_reply(client, &msg), OK);
}

int main(void)
{
	envid_t peer = peer_start(server, 0);
	struct ipc_msg msg;

	for (uint32_t n = 0; n <= IPC_WORDS_MAX; n++) {
		put(&msg, n, 0);
		CHECK_EQ(ipc_call(peer, &msg, 0), OK);
		CHECK_EQ(msg.from, peer);
		check(&msg, n, 0xFFFFFFFF);
		for (uint32_t i = n < 3 ? 3 : n; i < IPC_WORDS_MAX; i++) {
			CHECK_EQ(env_page->msg[i], 0xDEAD0000 + i);
		}
	}
	peers_end();
	return 0;
}
