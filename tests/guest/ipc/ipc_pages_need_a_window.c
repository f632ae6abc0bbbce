/* Pages arrive where a window is open and as far as it reaches; the words arrive all the same. */
#include "tests/guest/pages.h"

enum { PAGES = 6 };

static void receiver(uint32_t arg)
{
	struct ipc_msg msg;

	(void)arg;
	set_window(WINDOW | PTE_W, PAGES);
	CHECK_EQ(ipc_recv(0, &msg, 0), OK); /* no IPC_WINDOW */
	CHECK_EQ(msg.w[0], PAGES);
	CHECK_EQ(msg.nwords, 1);
	CHECK_EQ(msg.npages, 0);
	CHECK_EQ(entry_at(WINDOW), 0);
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 0), 0); /* nothing fits */
	CHECK_EQ(entry_at(WINDOW), 0);
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 2), 2);
	check_area(WINDOW, 2, 30);
	CHECK_EQ(entry_at(WINDOW + 2 * PGSIZE), 0);
	CHECK_EQ(recv_pages((WINDOW + PTSIZE) | PTE_W, PAGES + 1), PAGES); /* bigger */
	check_area(WINDOW + PTSIZE, PAGES, 32);
	CHECK_EQ(entry_at(WINDOW + PTSIZE + PAGES * PGSIZE), 0);
	CHECK_EQ(recv_pages(WINDOW | PTE_W, PAGES), 0); /* a message without pages */
	check_area(WINDOW, 2, 30);
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);

	make_area(PAGES + 2, 30);
	CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_GRANT | IPC_MODE_WRITABLE), 0);
	check_area(AREA, PAGES, 30);
	CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_GRANT | IPC_MODE_WRITABLE), 0);
	check_area(AREA, PAGES, 30);
	CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_GRANT | IPC_MODE_WRITABLE), 2);
	CHECK_EQ(entry_at(AREA + PGSIZE), 0);
	check_area(AREA + 2 * PGSIZE, PAGES, 32); /* what did not fit stays */
	CHECK_EQ(send_pages(peer, AREA + 2 * PGSIZE, PAGES, IPC_MODE_MAP | IPC_MODE_WRITABLE),
	         PAGES);
	CHECK_EQ(send_word(peer, 0, 0), 0);
	peers_end();
	return 0;
}
