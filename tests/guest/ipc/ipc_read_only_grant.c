/* A read-only page can be granted, read only; asking W of it is E_PERM and moves nothing. */
#include "tests/guest/pages.h"

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_pages(WINDOW | PTE_W, 1), 1);
	CHECK_EQ(rights_at(WINDOW), PTE_P);
	check_area(WINDOW, 1, 9);
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);

	make_area(1, 9);
	CHECK_EQ(sys_page_mark(0, AREA, 0, 1), 1);
	await_ipc(peer, 0);
	CHECK_EQ(send_pages(peer, AREA, 1, IPC_MODE_GRANT | IPC_MODE_WRITABLE), E_PERM);
	CHECK_EQ(rights_at(AREA), PTE_P);
	CHECK(record(peer)->waits);
	CHECK_EQ(send_pages(peer, AREA, 1, IPC_MODE_GRANT), 1);
	CHECK_EQ(entry_at(AREA), 0);
	peers_end();
	return 0;
}
