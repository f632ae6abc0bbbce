/* A copied run is a fresh writable one with the same contents: neither side sees what the other
 * writes, and a read-only page can be copied too. */
#include "tests/guest/pages.h"

enum { PAGES = 3 };

static void receiver(uint32_t arg)
{
	(void)arg;
	CHECK_EQ(recv_pages(WINDOW | PTE_W | PTE_COW, PAGES), PAGES);
	check_area(WINDOW, PAGES, 40);
	for (uint32_t i = 0; i < PAGES; i++) {
		CHECK_EQ(rights_at(WINDOW + i * PGSIZE), PTE_P | PTE_W | PTE_COW);
		CHECK_EQ(mappings_at(WINDOW + i * PGSIZE), 1);
		*word_at(WINDOW + i * PGSIZE) = 0;
	}
	CHECK_EQ(recv_pages(WINDOW | PTE_SHARE, PAGES), PAGES);
	check_area(WINDOW, PAGES, 40);
	CHECK_EQ(rights_at(WINDOW), PTE_P | PTE_SHARE);
}

int main(void)
{
	envid_t peer = peer_start(receiver, 0);

	make_area(PAGES, 40);
	CHECK_EQ(sys_page_mark(0, AREA, 0, PAGES), PAGES); /* read only */
	CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_COPY), PAGES);
	check_area(AREA, PAGES, 40);
	CHECK_EQ(mappings_at(AREA), 1);
	CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_COPY), PAGES);
	peers_end();
	check_area(AREA, PAGES, 40);
	return 0;
}
