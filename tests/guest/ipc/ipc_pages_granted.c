/* A granted run moves: the receiver has it alone, and it is gone from the sender. */
#include "tests/guest/pages.h"

enum { PAGES = 5 };

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_pages(WINDOW | PTE_W, PAGES), PAGES);
	check_area(WINDOW, PAGES, 7);
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(rights_at(WINDOW + i * PGSIZE), PTE_P | PTE_W);
		CHECK_EQ(mappings_at(WINDOW + i * PGSIZE), 1);
	}
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);
	uint32_t pages = record(env_page->id)->pages;

	make_area(PAGES + 1, 7);
	CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_GRANT | IPC_MODE_WRITABLE), PAGES);
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(entry_at(AREA + i * PGSIZE), 0);
	}
	check_area(AREA + PAGES * PGSIZE, 1, 7 + PAGES);
	CHECK(record(env_page->id)->pages <= pages + 2); /* one page, and its table */
	peers_end();
	return 0;
}
