/* Address spaces: page tables, and page operations on runs of pages.
 *
 *   va:  | directory index 10 | table index 10 | offset 12 |
 *
 * All guarded by the kernel lock. No operation visits more than SPACE_WORK entries. */
#pragma once

#include "kernel/abi/env.h"
#include "kernel/abi/page.h"
#include "kernel/abi/types.h"
#include "kernel/base/debug.h"
#include "kernel/cpu/lock.h"
#include "kernel/memory/frame.h"

enum { SPACE_WORK = 1024 };

struct space {
	struct env *env; /* whose it is, of whom this layer knows no more */
	struct cpu *cpu; /* no other can have it loaded */
	pte_t *pgdir;
	paddr_t cr3; /* physical address of pgdir */
	struct env_info
		*info; /* the account, for everybody to see: pages, and a limit >= pages or 0 */
	uint8_t use;   /* FRAME_RESERVE: leaves that alone; 0: a server, need not */
	bool stale;    /* a mapping went or lost rights since the last space_settle */
	uint32_t tables[UTOP / PTSIZE / 32 + 1]; /* bit per user page table */
};

/* A space with the kernel's part, UVPT, the pages of `records`, which everybody sees, and the env
 * page. E_NO_MEM. */
int space_init(struct space *space, const void *records, uint32_t record_pages, paddr_t *env_page);
/* Frees up to SPACE_WORK entries; true when all is gone, the directory too. The space must be
 * loaded nowhere. */
bool space_teardown(struct space *space);
/* Frees the frames of a space that teardown has kept for the next one; false if there is none. */
bool space_release_spare(void);
extern uint32_t space_spares; /* such spaces, of ENV_FIXED_PAGES free frames each */

/* The first address from va on, below UTOP, that has a page table; UTOP if there is none. */
vaddr_t space_next_table(const struct space *space, vaddr_t va);

/* The entry for va, or NULL when its page table is absent. */
pte_t *space_find(const struct space *space, vaddr_t va);
/* The entry itself, 0 when its page table is absent. */
pte_t space_entry(const struct space *space, vaddr_t va);
/* Likewise, making the table. NULL with *error = E_NO_MEM or E_LIMIT. */
pte_t *space_find_or_make(struct space *space, vaddr_t va, int *error);

/* Writes an entry: counts the page that comes and the page that goes. The frame that goes is
 * not reused before space_settle. Callers checked the limit (space_room). */
void space_set(struct space *space, vaddr_t va, pte_t *slot, pte_t entry);
/* Lets the bounds of va's table, which exists, include n entries from va's on. */
void space_widen(struct space *space, vaddr_t va, uint32_t n);
/* Draws the bounds of the tables in to what is not 0: n > 0 entries from va's on, which may have no
 * table, became so. */
void space_narrow(struct space *space, vaddr_t va, uint32_t n);
/* How many pages more it may hold: 0 at its limit, more than there are without one. */
static inline uint32_t space_room(const struct space *space)
{
	return space->info->limit - space->info->pages;
}

/* Frees frames that others hold without need; false if there are none. Set at start-up. */
extern bool (*space_reclaimer)(void);
/* Frees what went from the space until now, and what dead envs still hold, until there is a frame;
 * FRAME_NONE. */
paddr_t space_reclaim(struct space *space, enum frame_use use);

/* A frame for this space, even if space_reclaim must find one: any (0), or FRAME_DIRECT.
 * FRAME_NONE. */
static inline paddr_t space_alloc(struct space *space, enum frame_use use)
{
	paddr_t frame = frame_alloc(use | space->use);

	return frame != FRAME_NONE ? frame : space_reclaim(space, use | space->use);
}

/* space_set of a frame of which a reference of the caller's becomes the entry's. */
static inline void space_give(struct space *space, vaddr_t va, pte_t *slot, pte_t entry)
{
	pte_t old = *slot;

	_Static_assert(PTE_P == 1, "a page counts one");
	*slot = entry;
	space->info->pages += (entry & PTE_P) - (old & PTE_P);
	if (old & PTE_P) {
		frame_put(PTE_ADDR(old));
		space->stale = true;
	}
	if (entry && !old) { /* else the bounds include it */
		space_widen(space, va, 1);
	}
}

static inline uint32_t smaller_of(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Whether npages from va's on lie below UTOP. */
static inline bool space_range_ok(vaddr_t va, uint32_t npages)
{
	return va < UTOP && npages <= (UTOP >> PGSHIFT) - (va >> PGSHIFT);
}

/* Whether user level may read (or write, with PTE_W in rights) every byte of the area. Never
 * wraps. */
bool space_may_access(const struct space *space, vaddr_t va, uint32_t length, pte_t rights);

/* Ends an operation: flushes the TLBs that may hold what went, frees frames. */
static inline __attribute__((always_inline)) void space_settle(struct space *space)
{
	debug_assert(lock_held());
	if (space->stale) {
		space->stale = false;
		if (space->cpu->env == space->env) { /* else loading it is the flush */
			cpu_flush(space->cpu);
		}
	}
	frame_settle();
}

/* ---- nasm/memory/pages.asm ---- */

/* Shares up to n entries: those that are present, writable, and without the keep bit lose W and
 * gain the mark, and empty slots get the same; all others are copied as they are, but zeros leave
 * the slot alone. Stops at a slot that is not empty and at an entry with PTE_PCD; how many it did.
 * *pages grows by those present. */
uint32_t pages_share(pte_t *source, pte_t *slot, uint32_t n, pte_t keep, pte_t mark,
                     uint32_t *pages);
/* Puts the frames of n entries, which become 0; how many were present. */
uint32_t pages_put(pte_t *entries, uint32_t n);
