/* For tests of page runs in messages: areas of the address space that no program uses, and
 * patterns. Peers do not share these areas; each maps its own there. */
#pragma once

#include "tests/guest/peers.h"

#define AREA 0x20000000u   /* what is sent */
#define WINDOW 0x30000000u /* where it arrives; another page table */

static inline volatile uint32_t *word_at(vaddr_t va)
{
	return (volatile uint32_t *)va;
}

/* The own entry, or 0 if there is no page table. */
static inline pte_t entry_at(vaddr_t va)
{
	return uvpd[va >> PTSHIFT] & PTE_P ? uvpt[va >> PGSHIFT] : 0;
}

static inline pte_t rights_at(vaddr_t va)
{
	return entry_at(va) & (PTE_P | PTE_W | PTE_SOFT);
}

static inline uint32_t mappings_at(vaddr_t va)
{
	pte_t entry;
	uint32_t mappings;

	CHECK(sys_page_query(0, va, &entry, &mappings) >= 0);
	return mappings;
}

/* n fresh pages at AREA, page i beginning with seed + i. */
static inline void make_area(uint32_t n, uint32_t seed)
{
	CHECK_EQ(page_alloc_all(0, AREA | PTE_W, n), OK);
	for (uint32_t i = 0; i < n; i++) {
		*word_at(AREA + i * PGSIZE) = seed + i;
		*word_at(AREA + i * PGSIZE + PGSIZE - 4) = ~(seed + i);
	}
}

static inline void check_area(vaddr_t va, uint32_t n, uint32_t seed)
{
	for (uint32_t i = 0; i < n; i++) {
		CHECK_EQ(*word_at(va + i * PGSIZE), seed + i);
		CHECK_EQ(*word_at(va + i * PGSIZE + PGSIZE - 4), ~(seed + i));
	}
}

/* The pages that come with the next message from anyone into this window. */
static inline uint32_t recv_pages(vaddr_t window_flags, uint32_t npages)
{
	struct ipc_msg msg;

	set_window(window_flags, npages);
	CHECK_EQ(ipc_recv(0, &msg, IPC_WINDOW), OK);
	return msg.npages;
}

static inline int send_pages(envid_t to, vaddr_t va, uint32_t npages, uint32_t mode)
{
	set_run(va, npages, mode);
	return send_word(to, npages, IPC_PAGES);
}
