/* Mapped pages are the same memory on both sides, with the soft bits of the window, for both
 * orders of arrival, for a run that spans page tables, and replace what was in the window. */
#include "tests/guest/pages.h"

enum { PAGES = 12, EDGE = PTSIZE - 5 * PGSIZE };

static envid_t parent;

static void receiver(uint32_t arg)
{
	CHECK_EQ(sys_page_alloc(0, (WINDOW + EDGE) | PTE_W, 1), 1);
	if (arg) {
		await_ipc(parent, env_page->id); /* it queues */
	}
	CHECK_EQ(recv_pages((WINDOW + EDGE) | PTE_W | PTE_SHARE, PAGES), PAGES);
	check_area(WINDOW + EDGE, PAGES, 100);
	for (uint32_t i = 0; i < PAGES; i++) {
		vaddr_t va = WINDOW + EDGE + i * PGSIZE;

		CHECK_EQ(rights_at(va), PTE_P | PTE_W | PTE_SHARE);
		CHECK_EQ(mappings_at(va), 2);
		*word_at(va) += 1000;
	}
}

int main(void)
{
	parent = env_page->id;
	for (uint32_t order = 0; order < 2; order++) {
		envid_t peer = peer_start(receiver, order);

		make_area(PAGES, 100);
		if (!order) {
			await_ipc(peer, 0);
		}
		CHECK_EQ(send_pages(peer, AREA, PAGES, IPC_MODE_MAP | IPC_MODE_WRITABLE), PAGES);
		peer_join(peer);
		for (uint32_t i = 0; i < PAGES; i++) {
			CHECK_EQ(*word_at(AREA + i * PGSIZE), 1100 + i);
			CHECK_EQ(rights_at(AREA + i * PGSIZE), PTE_P | PTE_W);
		}
	}
	return 0;
}
