/* Address spaces: the two-level page tables and their accounts.
 *
 * Invariants: every present user entry holds one reference of its frame and counts one page;
 * every user page table has its bit in `tables`, counts one page, and knows bounds [lo, hi)
 * outside which all entries are 0, so that copying and freeing cost what is used. A frame or table
 * that goes is in limbo until space_settle has flushed every TLB that may know it. */
#include "kernel/space.h"

#include "kernel/cpu.h"
#include "kernel/debug.h"
#include "kernel/env.h"
#include "kernel/lock.h"

static enum frame_use kernel_use(const struct space *space)
{
	return space->server ? FRAME_FOR_KERNEL_SERVER : FRAME_FOR_KERNEL;
}

paddr_t space_frame(const struct space *space)
{
	return frame_alloc(space->server ? FRAME_FOR_SERVER : FRAME_FOR_USER);
}

bool space_room(const struct space *space)
{
	return space->limit == 0 || space->pages < space->limit;
}

int space_init(struct space *space, paddr_t *env_page)
{
	enum frame_use use = kernel_use(space);
	paddr_t pgdir = frame_alloc(use), table = frame_alloc(use), page = frame_alloc(use);
	pte_t *entries;

	if (pgdir == FRAME_NONE || table == FRAME_NONE || page == FRAME_NONE) {
		frame_put(pgdir); /* nothing happens to FRAME_NONE: page 0 is not counted */
		frame_put(table);
		frame_put(page);
		frame_settle();
		return E_NO_MEM;
	}
	frame_clear(page);
	frame_clear(table);
	entries = frame_low(table);
	for (uint32_t i = 0; i < sizeof(env_records) / PGSIZE; i++) {
		entries[i] = (frame_low_addr(env_records) + i * PGSIZE) | PTE_P | PTE_U;
	}
	entries[(ENVPAGE >> PGSHIFT) & 1023] = page | PTE_P | PTE_W | PTE_U;

	space->pgdir = frame_low(pgdir);
	space->cr3 = pgdir;
	space->pages = ENV_FIXED_PAGES;
	space->stale = false;
	fill_words(space->tables, 0, sizeof(space->tables) / 4);
	fill_words(space->pgdir, 0, ULIM >> PTSHIFT);
	kmap_share(space->pgdir);
	space->pgdir[UENVS >> PTSHIFT] = table | PTE_P | PTE_W | PTE_U;
	space->pgdir[UVPT >> PTSHIFT] = pgdir | PTE_P | PTE_U;
	*env_page = page;
	return OK;
}

pte_t *space_find(const struct space *space, vaddr_t va)
{
	pte_t pde = space->pgdir[va >> PTSHIFT];

	if (!(pde & PTE_P)) {
		return NULL;
	}
	return (pte_t *)frame_low(PTE_ADDR(pde)) + ((va >> PGSHIFT) & 1023);
}

vaddr_t space_next_table(const struct space *space, vaddr_t va)
{
	uint32_t index = va >> PTSHIFT, word = index / 32;
	uint32_t bits = space->tables[word] & ~0u << index % 32;

	while (!bits) {
		if (++word == sizeof(space->tables) / 4) {
			return UTOP;
		}
		bits = space->tables[word];
	}
	index = word * 32 + __builtin_ctz(bits);
	return index == va >> PTSHIFT ? va : index << PTSHIFT;
}

pte_t *space_find_or_make(struct space *space, vaddr_t va, int *error)
{
	uint32_t index = va >> PTSHIFT;
	pte_t *slot = space_find(space, va);
	paddr_t table;

	if (slot) {
		return slot;
	}
	if (!space_room(space)) {
		*error = E_LIMIT;
		return NULL;
	}
	table = frame_alloc(kernel_use(space));
	if (table == FRAME_NONE) {
		*error = E_NO_MEM;
		return NULL;
	}
	frame_clear(table);
	frame_of(table)->lo = 1024;
	frame_of(table)->hi = 0;
	space->pages++;
	space->tables[index / 32] |= 1u << index % 32;
	space->pgdir[index] = table | PTE_P | PTE_W | PTE_U;
	return space_find(space, va);
}

void space_widen(struct space *space, vaddr_t va, uint32_t n)
{
	struct frame *table = frame_of(PTE_ADDR(space->pgdir[va >> PTSHIFT]));
	uint32_t first = (va >> PGSHIFT) & 1023;

	table->lo = first < table->lo ? first : table->lo;
	table->hi = first + n > table->hi ? first + n : table->hi;
}

void space_set(struct space *space, vaddr_t va, pte_t *slot, pte_t entry)
{
	pte_t old = *slot;

	if (entry & PTE_P) {
		frame_get(PTE_ADDR(entry));
		space->pages++;
	}
	*slot = entry;
	if (old & PTE_P) {
		frame_put(PTE_ADDR(old));
		space->pages--;
		space->stale = true;
	}
	if (entry && !old) { /* else the bounds include it */
		space_widen(space, va, 1);
	}
}

void space_give(struct space *space, vaddr_t va, pte_t *slot, pte_t entry)
{
	pte_t old = *slot;

	*slot = entry;
	if (!(old & PTE_P)) {
		space->pages++;
	} else {
		frame_put(PTE_ADDR(old));
		space->stale = true;
	}
	if (!old) {
		space_widen(space, va, 1);
	}
}

void space_publish(const struct space *space)
{
	space->info->pages = space->pages;
	space->info->limit = space->limit;
}

void space_settle(struct space *space)
{
	debug_assert(lock_held());
	if (space->stale) {
		space->stale = false;
		cpu_shootdown(space->cr3);
	}
	frame_settle();
	space_publish(space);
}

/* Drops entries of one page table from its lower bound up; how many were visited. */
static uint32_t table_drop(struct space *space, uint32_t index, uint32_t most)
{
	struct frame *bounds = frame_of(PTE_ADDR(space->pgdir[index]));
	pte_t *entries = frame_low(PTE_ADDR(space->pgdir[index]));
	uint32_t done = 0;

	while (bounds->lo < bounds->hi && done < most) {
		pte_t entry = entries[bounds->lo++];

		if (entry & PTE_P) {
			frame_put(PTE_ADDR(entry));
			space->pages--;
		}
		done++;
	}
	return done;
}

bool space_teardown(struct space *space)
{
	uint32_t left = SPACE_WORK;

	debug_assert(lock_held());
	for (uint32_t w = 0; w < sizeof(space->tables) / 4; w++) {
		while (space->tables[w]) {
			uint32_t index = w * 32 + __builtin_ctz(space->tables[w]);
			paddr_t table = PTE_ADDR(space->pgdir[index]);

			left -= table_drop(space, index, left);
			if (frame_of(table)->lo < frame_of(table)->hi) {
				frame_settle();
				return false;
			}
			space->tables[w] &= space->tables[w] - 1;
			space->pages--;
			frame_put(table);
		}
	}
	assert(space->pages == ENV_FIXED_PAGES);
	space->pages = 0;
	space_publish(space);
	frame_put(PTE_ADDR(*space_find(space, ENVPAGE)));
	frame_put(PTE_ADDR(space->pgdir[UENVS >> PTSHIFT]));
	frame_put(space->cr3);
	frame_settle();
	return true;
}

bool space_range_ok(vaddr_t va, uint32_t npages)
{
	return va < UTOP && npages <= (UTOP - va) >> PGSHIFT;
}

bool space_may_access(const struct space *space, vaddr_t va, uint32_t length, pte_t rights)
{
	vaddr_t page = va & ~(PGSIZE - 1);

	rights |= PTE_P | PTE_U;
	if (length == 0) {
		return true;
	}
	if (va >= ULIM || length > ULIM - va) {
		return false;
	}
	for (; page < va + length; page += PGSIZE) {
		const pte_t *slot = space_find(space, page);

		if (!slot || (*slot & rights) != rights) {
			return false;
		}
	}
	return true;
}
