/* A space as wide as there are tables: marks of zero fill are paid for by these only. */
#pragma once

#include "tests/guest/memory.h"

#define MARKS 0x10000000u /* the first of them */
enum { MARKED_TABLES = 830 };

/* Some 17 million instructions. */
static inline void mark_all_tables(void)
{
	for (uint32_t i = 0; i < MARKED_TABLES; i++) {
		CHECK_EQ(page_mark_all(0, MARKS + i * PTSIZE, PTE_ZERO_FILL, PTSIZE / PGSIZE), OK);
	}
}
