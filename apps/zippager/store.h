/* Packed pages. */
#pragma once

#include "kernel/abi/types.h"

enum {
	STORE_PLACES = 4096,
	STORE_NONE = 1, /* no page's address; 0 is one's */
};

/* Packs a page, which belongs at `va`, and keeps it. Its place, 0..STORE_PLACES - 1, or -1: no
 * room. */
int store_put(const uint32_t *page, vaddr_t va);

/* Unpacks what is at the place, which stays there. False if there is no page, or another than the
 * one at `va`. Ends the pager if what comes out is not what went in. */
bool store_get(uint32_t place, vaddr_t va, uint32_t *page);

/* Where the page at the place belongs; STORE_NONE if there is none. */
vaddr_t store_va(uint32_t place);

void store_forget(uint32_t place);

/* For the report. */
struct store_counts {
	uint32_t pages, bytes; /* ever put, and what they were packed into */
	uint32_t most;         /* at the same time */
};
extern struct store_counts store_counts;
