/* The longest run that a message may have arrives whole: mapped, then granted back in an answer. */
#include "tests/guest/pages.h"

enum { PAGES = IPC_PAGES_MAX };

static void server(uint32_t arg)
{
	struct ipc_msg msg;

	(void)arg;
	set_window(WINDOW | PTE_W, PAGES);
	CHECK_EQ(ipc_recv(0, &msg, IPC_WINDOW), OK);
	CHECK_EQ(msg.npages, PAGES);
	check_area(WINDOW, PAGES, 5);
	for (uint32_t i = 0; i < PAGES; i++) {
		*word_at(WINDOW + i * PGSIZE) = i;
	}
	set_run(WINDOW, PAGES, IPC_MODE_GRANT | IPC_MODE_WRITABLE);
	CHECK_EQ(ipc_send(msg.from, &msg, IPC_PAGES | IPC_SEND_NOWAIT), PAGES);
	CHECK_EQ(entry_at(WINDOW), 0);
	CHECK_EQ(entry_at(WINDOW + (PAGES - 1) * PGSIZE), 0);
}

int main(void)
{
	struct ipc_msg msg = {.nwords = 0};
	envid_t peer = peer_make(server, 0);

	CHECK_EQ(sys_env_set(peer, ENV_LIMIT, PEER_LIMIT + PAGES + 4), OK);
	env_run(peer);
	make_area(PAGES, 5);
	await_ipc(peer, 0);
	set_run(AREA, PAGES, IPC_MODE_MAP | IPC_MODE_WRITABLE);
	set_window((AREA + PTSIZE / 2) | PTE_W, PAGES); /* over what was sent, shifted */
	CHECK_EQ(ipc_call(peer, &msg, IPC_PAGES | IPC_WINDOW), OK);
	CHECK_EQ(msg.npages, PAGES);
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(*word_at(AREA + PTSIZE / 2 + i * PGSIZE), i);
	}
	peers_end();
	return 0;
}
