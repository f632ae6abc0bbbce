/* Address spaces: the two-level page tables and their accounts.
 *
 * Invariants: every present user entry holds one reference of its frame and counts one page;
 * every user page table has its bit in `tables`, counts one page, and knows bounds [lo, hi)
 * outside which all entries are 0, so that copying and freeing cost what is used. A frame or table
 * that goes is in limbo until space_settle has flushed every TLB that may know it. */
#include "kernel/memory/space.h"

#include "kernel/abi/status.h"
#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/memory/kmap.h"

bool (*space_reclaimer)(void);

COLD paddr_t space_reclaim(struct space *space, enum frame_use use)
{
	paddr_t frame = FRAME_NONE;

	space_settle(space);
	while (frame == FRAME_NONE && space_reclaimer()) {
		frame = frame_alloc(use);
	}
	return frame;
}

/* The fixed frames of an env that was torn down, as space_init left them but for what the env page
 * holds: directories, linked through their frames. Counted as free. */
static uint32_t spare_head; /* frame number, 0 none */
uint32_t space_spares;

static pte_t *table_of(const pte_t *pgdir, vaddr_t va)
{
	return frame_low(PTE_ADDR(pgdir[va >> PTSHIFT]));
}

static paddr_t *env_page_entry(const pte_t *pgdir)
{
	return &table_of(pgdir, ENVPAGE)[(ENVPAGE >> PGSHIFT) & 1023];
}

/* A directory with all that every env has. FRAME_NONE. */
static paddr_t make_fixed(enum frame_use use, const void *records, uint32_t record_pages)
{
	enum { KERNEL_PDE = ULIM >> PTSHIFT };
	paddr_t frames[ENV_FIXED_PAGES];
	pte_t *pgdir, *entries;

	for (uint32_t i = 0; i < ENV_FIXED_PAGES; i++) {
		frames[i] = frame_alloc(use);
		if (frames[i] == FRAME_NONE) {
			while (i > 0) {
				frame_put(frames[--i]);
			}
			frame_settle();
			return FRAME_NONE;
		}
		frame_clear(frames[i]);
	}
	pgdir = frame_low(frames[0]);
	entries = frame_low(frames[1]);
	for (uint32_t i = 0; i < record_pages; i++) {
		entries[i] = (frame_low_addr(records) + i * PGSIZE) | PTE_P | PTE_U;
	}
	copy_words(&pgdir[KERNEL_PDE], &kmap_pgdir[KERNEL_PDE], 1024 - KERNEL_PDE);
	pgdir[UENVS >> PTSHIFT] = frames[1] | PTE_P | PTE_W | PTE_U;
	pgdir[UVPT >> PTSHIFT] = frames[0] | PTE_P | PTE_U;
	*env_page_entry(pgdir) = frames[2] | PTE_P | PTE_W | PTE_U;
	return frames[0];
}

int space_init(struct space *space, const void *records, uint32_t record_pages, paddr_t *env_page)
{
	paddr_t pgdir = spare_head << PGSHIFT;

	if (pgdir) {
		spare_head = frame_of(pgdir)->next;
		space_spares--;
		frame_clear(PTE_ADDR(*env_page_entry(frame_low(pgdir))));
	} else {
		pgdir = make_fixed(space->use | FRAME_DIRECT, records, record_pages);
	}
	if (pgdir == FRAME_NONE) {
		return E_NO_MEM;
	}
	space->pgdir = frame_low(pgdir);
	space->cr3 = pgdir;
	space->stale = false;
	*env_page = PTE_ADDR(*env_page_entry(space->pgdir));
	return OK;
}

bool space_release_spare(void)
{
	paddr_t pgdir = spare_head << PGSHIFT;

	if (!pgdir) {
		return false;
	}
	spare_head = frame_of(pgdir)->next;
	space_spares--;
	frame_put(PTE_ADDR(*env_page_entry(frame_low(pgdir))));
	frame_put(frame_low_addr(table_of(frame_low(pgdir), ENVPAGE)));
	frame_put(pgdir);
	frame_settle();
	return true;
}

inline pte_t *space_find(const struct space *space, vaddr_t va)
{
	pte_t pde = space->pgdir[va >> PTSHIFT];

	if (!(pde & PTE_P)) {
		return NULL;
	}
	return (pte_t *)frame_low(PTE_ADDR(pde)) + ((va >> PGSHIFT) & 1023);
}

COLD pte_t space_entry(const struct space *space, vaddr_t va)
{
	const pte_t *slot = space_find(space, va);

	return slot ? *slot : 0;
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
	table = space_alloc(space, FRAME_DIRECT);
	if (table == FRAME_NONE) {
		*error = E_NO_MEM;
		return NULL;
	}
	if (!frame_is_clear(table)) {
		frame_clear(table);
	}
	frame_of(table)->lo = 1024;
	frame_of(table)->hi = 0;
	space->info->pages++;
	space->tables[index / 32] |= 1u << index % 32;
	space->pgdir[index] = table | PTE_P | PTE_W | PTE_U;
	return space_find(space, va);
}

inline void space_widen(struct space *space, vaddr_t va, uint32_t n)
{
	struct frame *table = frame_of(PTE_ADDR(space->pgdir[va >> PTSHIFT]));
	uint32_t first = (va >> PGSHIFT) & 1023;

	table->lo = first < table->lo ? first : table->lo;
	table->hi = first + n > table->hi ? first + n : table->hi;
}

void space_narrow(struct space *space, vaddr_t va, uint32_t n)
{
	for (uint32_t i = va >> PTSHIFT; i <= (va + (n << PGSHIFT) - 1) >> PTSHIFT; i++) {
		const pte_t *entries = frame_low(PTE_ADDR(space->pgdir[i]));
		struct frame *table = frame_of(PTE_ADDR(space->pgdir[i]));

		if (!(space->pgdir[i] & PTE_P)) {
			continue;
		}
		for (; table->lo < table->hi && !entries[table->lo]; table->lo++) {}
		for (; table->lo < table->hi && !entries[table->hi - 1]; table->hi--) {}
	}
}

void space_set(struct space *space, vaddr_t va, pte_t *slot, pte_t entry)
{
	if (entry & PTE_P) {
		frame_get(PTE_ADDR(entry));
	}
	space_give(space, va, slot, entry);
}

/* Drops entries of one page table from its lower bound up, which are 0 then; how many were
 * visited. */
static uint32_t table_drop(struct space *space, paddr_t table, uint32_t most)
{
	struct frame *bounds = frame_of(table);
	uint32_t n = bounds->lo < bounds->hi ? bounds->hi - bounds->lo : 0;

	n = n < most ? n : most;
	space->info->pages -= pages_put((pte_t *)frame_low(table) + bounds->lo, n);
	bounds->lo += n;
	return n;
}

bool space_teardown(struct space *space)
{
	enum { TABLE_WORK = 8 }; /* a table costs as much as so many entries */
	uint32_t left = SPACE_WORK;

	debug_assert(lock_held());
	for (uint32_t w = 0; w < sizeof(space->tables) / 4; w++) {
		while (space->tables[w]) {
			uint32_t index = w * 32 + __builtin_ctz(space->tables[w]);
			paddr_t table = PTE_ADDR(space->pgdir[index]);

			left -= table_drop(space, table, left);
			if (frame_of(table)->lo < frame_of(table)->hi || left < TABLE_WORK) {
				frame_settle();
				return false;
			}
			left -= TABLE_WORK;
			space->tables[w] &= space->tables[w] - 1;
			space->info->pages--;
			space->pgdir[index] = 0;
			frame_free_clear(table);
		}
	}
	assert(space->info->pages == ENV_FIXED_PAGES);
	space->info->pages = 0;
	frame_settle();
	frame_of(space->cr3)->next = spare_head;
	spare_head = space->cr3 >> PGSHIFT;
	space_spares++;
	return true;
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
		if ((space_entry(space, page) & rights) != rights) {
			return false;
		}
	}
	return true;
}
