/* Page frames: the frame table, two free lists (directly mapped memory and the rest),
 * reference counts, and the windows onto memory above LOWMEM_END.
 *
 * Invariants: a frame is on exactly one free list, in limbo, or has refs > 0. RAM that was never
 * ours (first MiB, modules, holes, devices) is marked FRAME_FIXED: never counted, never freed, and
 * root may map it. User pages come from high memory while there is any,
 * which leaves low memory to kernel objects. Guarded by the kernel lock. */
#include "kernel/frame.h"

#include "kernel/abi/bootinfo.h"
#include "kernel/abi/page.h"
#include "kernel/boot.h"
#include "kernel/cpu.h"
#include "kernel/debug.h"
#include "kernel/kmap.h"
#include "kernel/lock.h"
#include "kernel/x86.h"

enum { RESERVE = 64 }; /* frames that only servers get */

struct free_list {
	uint32_t head; /* frame number, 0 none */
	uint32_t count;
};

static struct frame *table;
static uint32_t nframes; /* frames that the table describes */
static struct free_list low, high;
static uint32_t limbo; /* frame number, 0 none */
struct frame_counts frame_counts;

struct frame *frame_of(paddr_t frame)
{
	assert(frame >> PGSHIFT < nframes);
	return &table[frame >> PGSHIFT];
}

static void push_free(uint32_t number)
{
	struct free_list *list = number < LOWMEM_END >> PGSHIFT ? &low : &high;

	table[number].refs = 0;
	table[number].next = list->head;
	list->head = number;
	list->count++;
	frame_counts.free++;
}

static paddr_t pop_free(struct free_list *list)
{
	uint32_t number = list->head;
	struct frame *f = &table[number];

	assert(number && f->refs == 0);
	list->head = f->next;
	list->count--;
	frame_counts.free--;
	f->refs = 1;
	f->next = 0;
	return number << PGSHIFT;
}

paddr_t frame_alloc(enum frame_use use)
{
	bool server = use == FRAME_FOR_SERVER || use == FRAME_FOR_KERNEL_SERVER;
	bool direct = use == FRAME_FOR_KERNEL || use == FRAME_FOR_KERNEL_SERVER;

	assert(lock_held());
	if (!direct && high.count > 0) {
		return pop_free(&high);
	}
	if (low.count > (server ? 0 : RESERVE)) {
		return pop_free(&low);
	}
	return FRAME_NONE;
}

/* The table entry of a counted frame; NULL for device memory, modules and holes. */
static struct frame *counted(paddr_t frame)
{
	uint32_t number = frame >> PGSHIFT;

	return number < nframes && table[number].fixed != FRAME_FIXED ? &table[number] : NULL;
}

void frame_get(paddr_t frame)
{
	struct frame *f = counted(frame);

	if (f && ++f->refs == 2) {
		frame_counts.shared++;
	}
}

void frame_put(paddr_t frame)
{
	struct frame *f = counted(frame);

	if (!f) {
		return;
	}
	assert(f->refs > 0);
	if (--f->refs == 0) {
		f->next = limbo;
		limbo = frame >> PGSHIFT;
	} else if (f->refs == 1) {
		frame_counts.shared--;
	}
}

void frame_settle(void)
{
	assert(lock_held());
	while (limbo) {
		uint32_t number = limbo;

		limbo = table[number].next;
		push_free(number);
	}
}

uint32_t frame_refs(paddr_t frame)
{
	const struct frame *f = counted(frame);

	return f ? f->refs : FRAME_REFS_FIXED;
}

bool frame_is_fixed(paddr_t frame)
{
	return !counted(frame);
}

void *frame_enter(paddr_t frame, enum frame_slot slot)
{
	return frame < LOWMEM_END ? frame_low(frame) : kmap_window(frame, slot);
}

void frame_clear(paddr_t frame)
{
	fill_words(frame_enter(frame, FRAME_SLOT_DST), 0, PGSIZE / 4);
}

void frame_copy(paddr_t dst, paddr_t src)
{
	copy_words(frame_enter(dst, FRAME_SLOT_DST), frame_enter(src, FRAME_SLOT_SRC), PGSIZE / 4);
}

/* ---- building the table ---- */

struct span {
	uint32_t start, end; /* bytes */
};

/* The part of a boot range below 4 GiB, in whole pages; empty if it is not RAM. */
static struct span range_span(const struct boot_range *range)
{
	uint64_t start = (range->start + PGSIZE - 1) & ~(uint64_t)(PGSIZE - 1);
	uint64_t end = (range->start + range->size) & ~(uint64_t)(PGSIZE - 1);
	uint64_t top = (uint64_t)1 << 32;
	struct span none = {0, 0};

	if (range->type != 1 || start >= end || start >= top - PGSIZE) {
		return none;
	}
	return (struct span){start, end < top ? end : top - PGSIZE};
}

/* The end of the first reserved span that [start, start + size) meets, or 0. */
static uint32_t reserved_end(const struct bootinfo *info, uint32_t start, uint32_t size)
{
	uint32_t first_free = frame_low_addr(kernel_end);

	if (start < first_free) {
		return first_free;
	}
	for (uint32_t i = 0; i < info->nmodules; i++) {
		const struct boot_module *m = &info->module[i];
		uint32_t end = (m->start + m->size + PGSIZE - 1) & ~(PGSIZE - 1);

		if (start < end && start + size > (m->start & ~(PGSIZE - 1))) {
			return end;
		}
	}
	return 0;
}

/* Free low memory for `size` bytes of table. */
static paddr_t find_room(const struct bootinfo *info, uint32_t size)
{
	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span ram = range_span(&info->range[i]);
		uint32_t start = ram.start, end = ram.end < LOWMEM_END ? ram.end : LOWMEM_END;
		uint32_t moved;

		while (start < end && (moved = reserved_end(info, start, size))) {
			start = moved;
		}
		if (start < end && end - start >= size) {
			return start;
		}
	}
	panic("no room for a frame table of %u bytes: give the machine at least 16 MiB", size);
}

static void free_range(const struct bootinfo *info, struct span ram, struct span taken)
{
	for (uint32_t pa = ram.start; pa < ram.end;) {
		uint32_t skip = reserved_end(info, pa, PGSIZE);

		if (!skip && pa >= taken.start && pa < taken.end) {
			skip = taken.end;
		}
		if (skip) {
			pa = skip;
			continue;
		}
		push_free(pa >> PGSHIFT);
		pa += PGSIZE;
	}
}

void frame_init(const struct bootinfo *info)
{
	struct span taken;
	uint32_t size, top = 0;

	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span ram = range_span(&info->range[i]);

		top = ram.end > top ? ram.end : top;
		if (info->range[i].type == 1) {
			frame_counts.unused += (uint32_t)(info->range[i].size >> PGSHIFT) -
			                       (ram.end - ram.start) / PGSIZE;
		}
	}
	nframes = top >> PGSHIFT;
	size = (nframes * sizeof(struct frame) + PGSIZE - 1) & ~(PGSIZE - 1);
	taken.start = find_room(info, size);
	taken.end = taken.start + size;
	table = frame_low(taken.start);
	for (uint32_t i = 0; i < nframes; i++) {
		table[i] = (struct frame){.refs = 1, .fixed = FRAME_FIXED};
	}
	for (uint32_t pa = frame_low_addr((void *)(KERNBASE + 0x100000)); pa < taken.end;
	     pa += PGSIZE) {
		if (pa < frame_low_addr(kernel_end) || pa >= taken.start) {
			table[pa >> PGSHIFT].fixed =
				0; /* the kernel's own: not even root maps it */
		}
	}
	for (uint32_t i = 0; i < info->nranges; i++) {
		free_range(info, range_span(&info->range[i]), taken);
	}
	frame_counts.total = frame_counts.free;
	debug_log("memory: %u MiB free of %u MiB, %u pages unused\n", frame_counts.free >> 8,
	          nframes >> 8, frame_counts.unused);
}
