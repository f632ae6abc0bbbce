/* A window with unknown bits, too long, beyond UTOP or wrapped is E_INVAL, and the sender is not
 * disturbed. */
#include "tests/guest/pages.h"

static const struct {
	vaddr_t va_flags;
	uint32_t npages;
} bad[] = {
	{WINDOW | PTE_P, 1},
	{WINDOW | PTE_U, 1},
	{WINDOW | PTE_G, 1},
	{WINDOW | 0x40, 1},
	{WINDOW, 1025},
	{WINDOW, 0xFFFFFFFF},
	{UTOP, 1},
	{ENVPAGE | PTE_W, 1},
	{UVPT | PTE_W, 1},
	{KERNBASE | PTE_W, 1},
	{UTOP - PGSIZE, 2},
	{0xFFFFF000, 1},
	{0xFFFFF000 | PTE_W, 0x1000},
	{UTOP - PGSIZE, 0x1000},
};

static envid_t parent;

static void sender(uint32_t arg)
{
	(void)arg;
	make_area(1, 3);
	CHECK_EQ(send_pages(parent, AREA, 1, IPC_MODE_MAP), 1);
}

int main(void)
{
	envid_t peer;

	parent = env_page->id;
	peer = peer_start(sender, 0);
	await_ipc(peer, parent);
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_window(bad[i].va_flags, bad[i].npages);
		CHECK_EQ(raw_ipc(IPC_RECV | IPC_WINDOW, 0), E_INVAL);
		CHECK_EQ(raw_ipc(IPC_RECV | IPC_WINDOW, peer), E_INVAL);
		CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV | IPC_REPLY | IPC_WINDOW, 0), E_INVAL);
		CHECK_EQ(raw_ipc(IPC_SEND | IPC_RECV | IPC_WINDOW, peer), E_INVAL);
		CHECK(record(peer)->waits);
	}
	CHECK_EQ(recv_pages(WINDOW, IPC_PAGES_MAX), 1);
	check_area(WINDOW, 1, 3);
	peers_end();
	return 0;
}
