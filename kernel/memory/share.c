/* Sharing a range of one space with another (SYS_PAGE_SHARE), table by table: what fork costs. The
 * run of entries itself is pages_share, in nasm/memory/pages.asm; here is what surrounds it, and
 * the odd entry. Nothing is visited where the source has no page table, or outside the bounds of
 * one. Guarded by the kernel lock. */
#include "kernel/memory/share.h"

#include "kernel/abi/status.h"
#include "kernel/memory/space.h"

/* Each costs as much as so many other entries: one that pages_share leaves to us, a table. */
enum { ODD_WORK = 16, TABLE_WORK = 32 };

/* Shares n entries, fewer if some are odd, up to the first for which there is no room (E_LIMIT);
 * how many. The slots' table is there, and its bounds include them. */
static uint32_t share_entries(const struct share *share, pte_t *source, vaddr_t va, pte_t *slot,
                              uint32_t n, int *error)
{
	struct space *to = share->to;
	pte_t entry;
	uint32_t i = 0, done;

	share->from->stale = true;
	for (; i < n; i += done) {
		done = pages_share(&source[i], &slot[i], smaller_of(n - i, space_room(to)),
		                   share->keep, share->mark, &to->info->pages);
		if (done) {
			continue;
		}
		entry = source[i];
		n -= smaller_of(n - i - 1, ODD_WORK - 1);
		if (entry && slot[i]) {
			space_set(to, va + i * PGSIZE, &slot[i], 0);
			continue;
		}
		if (entry & PTE_P && !space_room(to)) {
			*error = E_LIMIT;
			break;
		}
		done = 1;
		if (entry & PTE_P) { /* perhaps beyond the frame table */
			if (entry & PTE_W && !(entry & share->keep)) {
				entry = (entry & ~PTE_W) | share->mark;
				source[i] = entry;
			}
			frame_get(PTE_ADDR(entry));
			to->info->pages++;
			entry &= ~(PTE_A | PTE_D);
		}
		slot[i] = entry ? entry : slot[i];
	}
	return i;
}

/* Shares [offset, end), which lies within one table on either side, as far as the work allowed and
 * the first error let it; bytes done. Entries outside the source's bounds are 0 and cost
 * nothing. */
static uint32_t share_table(const struct share *share, uint32_t offset, uint32_t end,
                            uint32_t *work, int *error)
{
	vaddr_t to_va = share->to_va + offset, from_va = share->from_va + offset;
	pte_t *source = space_find(share->from, from_va), *slot;
	const struct frame *bounds = frame_of(frame_low_addr(source) & ~(PGSIZE - 1));
	uint32_t index = (from_va >> PGSHIFT) & 1023;
	uint32_t i = index < bounds->lo ? bounds->lo - index : 0, n, done;
	uint32_t last = (end - offset) >> PGSHIFT;

	if (index + last > bounds->hi) {
		last = bounds->hi > index ? bounds->hi - index : 0;
	}
	for (; i < last && source[i] == 0; i++, (*work)++) {} /* often the bounds are wide */
	if (i >= last) {
		return end - offset;
	}
	n = smaller_of(last - i, *work < SPACE_WORK ? SPACE_WORK - *work : 1);
	*work += TABLE_WORK;
	slot = space_find_or_make(share->to, to_va, error);
	if (!slot) {
		return i << PGSHIFT;
	}
	space_widen(share->to, to_va + i * PGSIZE, n);
	done = share_entries(share, &source[i], to_va + i * PGSIZE, &slot[i], n, error);
	*work += n;
	i += done;
	return i >= last ? end - offset : i << PGSHIFT;
}

int share_range(const struct share *share, uint32_t npages)
{
	uint32_t length = npages << PGSHIFT, done = 0, work = 0;
	int error = OK;

	for (; !error && done < length && work < SPACE_WORK; work++) {
		vaddr_t next = space_next_table(share->from, share->from_va + done);
		uint32_t end;

		if (next - share->from_va >= length) {
			done = length;
			break;
		}
		done = next - share->from_va;
		end = smaller_of(PTSIZE - next % PTSIZE, PTSIZE - (share->to_va + done) % PTSIZE);
		end = done + smaller_of(length - done, end);
		done += share_table(share, done, end, &work, &error);
	}
	space_settle(share->from);
	space_settle(share->to);
	return done > 0 ? (int)(done >> PGSHIFT) : error;
}
