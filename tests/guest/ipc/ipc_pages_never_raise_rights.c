/* A page arrives writable only if the sender may write, offers it, and the window asks for it; the
 * sender's soft bits stay with the sender. */
#include "tests/guest/pages.h"

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 1), 1); /* not offered */
	CHECK_EQ(rights_at(WINDOW), PTE_P);
	CHECK_EQ(recv_pages(WINDOW, 1), 1); /* not asked */
	CHECK_EQ(rights_at(WINDOW), PTE_P);
	CHECK_EQ(recv_pages(WINDOW | PTE_SHARE, 1), 1); /* granted, not asked */
	CHECK_EQ(rights_at(WINDOW), PTE_P | PTE_SHARE);
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 1), 1); /* the sender's is read only */
	CHECK_EQ(rights_at(WINDOW), PTE_P);
	CHECK_EQ(sys_page_map(0, WINDOW, 0, WINDOW | PTE_W, 1), E_PERM);
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 1), 1); /* all agree */
	CHECK_EQ(rights_at(WINDOW), PTE_P | PTE_W);
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);

	make_area(2, 1);
	CHECK_EQ(sys_page_mark(0, AREA, PTE_W | PTE_SOFT, 1), 1);
	CHECK_EQ(send_pages(peer, AREA, 1, IPC_MODE_MAP), 1);
	CHECK_EQ(send_pages(peer, AREA, 1, IPC_MODE_MAP | IPC_MODE_WRITABLE), 1);
	CHECK_EQ(send_pages(peer, AREA, 1, IPC_MODE_GRANT | IPC_MODE_WRITABLE), 1);
	/* Not copy-on-write: libsys would have that broken, and send the page. */
	CHECK_EQ(sys_page_mark(0, AREA + PGSIZE, PTE_SOFT & ~PTE_COW, 1), 1);
	CHECK_EQ(send_pages(peer, AREA + PGSIZE, 1, IPC_MODE_MAP | IPC_MODE_WRITABLE), E_PERM);
	CHECK_EQ(send_pages(peer, AREA + PGSIZE, 1, IPC_MODE_MAP), 1);
	CHECK_EQ(rights_at(AREA + PGSIZE), PTE_P | (PTE_SOFT & ~PTE_COW));
	make_area(1, 1);
	CHECK_EQ(send_pages(peer, AREA, 1, IPC_MODE_MAP | IPC_MODE_WRITABLE), 1);
	peers_end();
	return 0;
}
