/* Strangers raise no bits at servers or processes that did not open them, and a flood of them keeps
 * nobody from a server. Where bits are open, or between an env and whom it controls, a flood keeps
 * no sender from its turn. */
#include "tests/guest/peers.h"

enum { FLOODERS = 3, MESSAGES = 100, OPEN = 1 << 20, CLOSED = 1 << 21 };

static envid_t parent;

static void flood(uint32_t bits)
{
	for (;;) {
		CHECK_EQ(sys_notify(parent, bits), OK);
	}
}

static void send_words(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		CHECK_EQ(send_word(parent, i, 0), 0);
	}
}

/* Who waits in the queue is served after one delivery of bits at most. */
static void check_turns(void)
{
	envid_t flooders[FLOODERS], sender, from;

	for (int i = 0; i < FLOODERS; i++) {
		flooders[i] = peer_start(flood, OPEN);
	}
	sender = peer_start(send_words, MESSAGES);
	for (uint32_t i = 0; i < MESSAGES; i++) {
		await_ipc(sender, parent);
		uint32_t word = recv_word(0, &from);

		if (from == 0) {
			CHECK_EQ(word, OPEN);
			word = recv_word(0, &from);
		}
		CHECK_EQ(from, sender);
		CHECK_EQ(word, i);
	}
	for (int i = 0; i < FLOODERS; i++) {
		peer_kill(flooders[i]);
	}
	peer_join(sender);
}

static envid_t sibling;

static void try_sibling(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(sys_notify(sibling, OPEN), OK);
	CHECK_EQ(sys_notify(sibling, CLOSED), E_PERM);
	CHECK_EQ(sys_notify(sibling, OPEN | CLOSED), E_PERM);
	CHECK_EQ(sys_notify(sibling, 0), OK);
}

static void open_and_wait(uint32_t arg)
{
	env_page->notify = arg;
	CHECK_EQ(recv_word(0, NULL), OPEN);
	(void)recv_word(parent, NULL);
}

int main(void)
{
	const envid_t strangers[] = {process_manager, process_server(PM_SERVER_PAGER),
	                             process_server(PM_SERVER_CONSOLE)};
	struct pm_info shell;

	parent = env_page->id;
	for (uint32_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		for (uint32_t bit = 1 << 16; bit <= 1 << 23; bit <<= 1) {
			CHECK_EQ(sys_notify(strangers[i], bit), E_PERM);
		}
	}
	CHECK_EQ(process_next(0, &shell), 1);
	CHECK_EQ(sys_notify(shell.env, OPEN), E_PERM);
	sibling = peer_start(open_and_wait, OPEN);
	await_ipc(sibling, 0);
	peer_join(peer_start(try_sibling, 0));
	CHECK_EQ(send_word(sibling, 0, 0), 0);
	peers_end();
	check_turns();
	return 0;
}
