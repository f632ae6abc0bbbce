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

enum { RESERVE = 128 }; /* frames that only servers get: enough to start each of them again */

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

	debug_assert(lock_held());
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
	debug_assert(lock_held());
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

/* Page-aligned bytes below 4 GiB. */
struct span {
	uint32_t start, end;
};

/* What must not be handed out although it may lie in RAM. */
static struct span reserved[BOOT_MODULES_MAX + BOOT_RANGES_MAX + 2];
static uint32_t nreserved;

/* The whole pages of [start, start + size); empty if there are none below 4 GiB. */
static struct span span_of(uint64_t start, uint64_t size)
{
	const uint64_t top = ((uint64_t)1 << 32) - PGSIZE;
	uint64_t end = start + size < start || start + size > top ? top : start + size;
	uint64_t first = (start + PGSIZE - 1) & ~(uint64_t)(PGSIZE - 1);

	if (start >= top || first >= end) {
		return (struct span){0, 0};
	}
	return (struct span){first, end & ~(PGSIZE - 1)};
}

static void reserve(uint32_t start, uint32_t end)
{
	reserved[nreserved++] =
		(struct span){start & ~(PGSIZE - 1), (end + PGSIZE - 1) & ~(PGSIZE - 1)};
}

static void reserve_all(const struct bootinfo *info)
{
	reserve(0, frame_low_addr(kernel_end));
	for (uint32_t i = 0; i < info->nmodules; i++) {
		reserve(info->module[i].start, info->module[i].start + info->module[i].size);
	}
	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span s = span_of(info->range[i].start, info->range[i].size);

		if (info->range[i].type != 1 && s.end) {
			reserve(s.start, s.end);
		}
	}
}

/* From pa on: the free bytes up to `end` or to what is reserved next, and where they start. */
static struct span next_gap(uint32_t pa, uint32_t end)
{
	struct span gap = {pa, end};

	for (uint32_t i = 0; i < nreserved; i++) {
		const struct span *r = &reserved[i];

		if (r->start <= gap.start && gap.start < r->end) {
			return next_gap(r->end, end);
		}
		if (r->start > gap.start && r->start < gap.end) {
			gap.end = r->start;
		}
	}
	return gap;
}

/* Free low memory for `size` bytes of table. */
static paddr_t find_room(const struct bootinfo *info, uint32_t size)
{
	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span ram = span_of(info->range[i].start, info->range[i].size);
		uint32_t end = ram.end < LOWMEM_END ? ram.end : LOWMEM_END;

		if (info->range[i].type != 1) {
			continue;
		}
		for (struct span gap = next_gap(ram.start, end); gap.start < end;
		     gap = next_gap(gap.end, end)) {
			if (gap.end - gap.start >= size) {
				return gap.start;
			}
		}
	}
	panic("no room for a frame table of %u bytes: give the machine at least 16 MiB", size);
}

static void free_ram(struct span ram)
{
	for (struct span gap = next_gap(ram.start, ram.end); gap.start < ram.end;
	     gap = next_gap(gap.end, ram.end)) {
		for (uint32_t n = gap.start >> PGSHIFT; n < gap.end >> PGSHIFT; n++) {
			if (table[n].fixed == FRAME_FIXED) { /* ranges may overlap */
				push_free(n);
			}
		}
	}
}

/* The kernel's own memory: not even root maps it. */
static void hide(uint32_t start, uint32_t end)
{
	for (uint32_t pa = start; pa < end; pa += PGSIZE) {
		table[pa >> PGSHIFT].fixed = 0;
	}
}

void frame_init(const struct bootinfo *info)
{
	uint32_t size, top = 0;
	paddr_t where;

	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span ram = span_of(info->range[i].start, info->range[i].size);

		if (info->range[i].type == 1) {
			top = ram.end > top ? ram.end : top;
			frame_counts.unused += (uint32_t)(info->range[i].size >> PGSHIFT) -
			                       (ram.end - ram.start) / PGSIZE;
		}
	}
	reserve_all(info);
	nframes = top >> PGSHIFT;
	size = (nframes * sizeof(struct frame) + PGSIZE - 1) & ~(PGSIZE - 1);
	where = find_room(info, size);
	reserve(where, where + size);
	table = frame_low(where);
	for (uint32_t i = 0; i < nframes; i++) {
		table[i] = (struct frame){.refs = 1, .fixed = FRAME_FIXED};
	}
	for (uint32_t i = 0; i < info->nranges; i++) {
		if (info->range[i].type == 1) {
			free_ram(span_of(info->range[i].start, info->range[i].size));
		}
	}
	hide(frame_low_addr(kernel_start), frame_low_addr(kernel_end));
	hide(where, where + size);
	frame_counts.total = frame_counts.free;
	debug_log("memory: %u MiB free of %u MiB, %u pages unused\n", frame_counts.free >> 8,
	          nframes >> 8, frame_counts.unused);
}
