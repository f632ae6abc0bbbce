/* Page frames: the frame table, lists of free frames (directly mapped memory, the rest, and page
 * tables known to be clear), reference counts, and the windows onto memory above LOWMEM_END.
 *
 * Invariants: a frame is free (in a list, or in a span that the list has not taken in yet), in
 * limbo, or has refs > 0. RAM that was never ours (first MiB, modules, holes, devices) counts from
 * FRAME_FIXED on: it is never freed, and root may map it. User pages come from high memory while
 * there is any, which leaves low memory to kernel objects. Guarded by the kernel lock. */
#include "kernel/memory/frame.h"

#include "kernel/abi/bootinfo.h"
#include "kernel/abi/page.h"
#include "kernel/base/debug.h"
#include "kernel/base/x86.h"
#include "kernel/boot/boot.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/memory/kmap.h"

enum {
	/* `next` of a frame just given that is full of zeros; else a free frame's, or 0. */
	FRAME_IS_CLEAR = 1,
	LOWMEM_FRAMES = LOWMEM_END >> PGSHIFT,
	SPANS_MAX = 2 * BOOT_RANGES_MAX + BOOT_MODULES_MAX,
};

/* Pages, by number. */
struct span {
	uint32_t start, end;
};

struct free_list {
	uint32_t head, tail; /* frame numbers, 0 none; `tail` of limbo only */
	uint32_t count;      /* of frames, also those that are in spans yet */
	uint32_t nspans;
	struct span spans[SPANS_MAX]; /* free since boot, with refs = 0 */
};

struct frame *frame_table;
uint32_t frame_table_size;
static struct free_list low, high, clear; /* clear: low, and full of zeros */
static struct free_list low_limbo, high_limbo;
uint32_t frame_limbo;
struct frame_counts frame_counts;

static inline void push_free(struct free_list *list, uint32_t number)
{
	frame_table[number].next = list->head;
	list->tail = list->head ? list->tail : number;
	list->head = number;
	list->count++;
}

/* The next frame of the spans, of which there are some. It is nobody's `next`, and its own is 0. */
static COLD __attribute__((noinline)) uint32_t take_in(struct free_list *list)
{
	struct span *span = &list->spans[list->nspans - 1];

	list->nspans -= span->start + 1 == span->end;
	return --span->end;
}

static inline paddr_t pop_free(struct free_list *list)
{
	uint32_t number = list->head ? list->head : take_in(list);
	struct frame *f = &frame_table[number];

	debug_assert(number && f->refs == 0);
	list->head = f->next;
	list->count--;
	f->refs = 1;
	if (list == &clear) {
		f->next = FRAME_IS_CLEAR;
	}
	return number << PGSHIFT;
}

paddr_t frame_alloc(enum frame_use use)
{
	struct free_list *list = &high;

	debug_assert(lock_held());
	if (use & FRAME_DIRECT || !high.count) {
		if (low.count + clear.count <= (use & FRAME_RESERVE)) {
			return FRAME_NONE;
		}
		list = (use & FRAME_DIRECT && clear.count) || !low.count ? &clear : &low;
	}
	return pop_free(list);
}

bool frame_is_clear(paddr_t frame)
{
	return frame_of(frame)->next == FRAME_IS_CLEAR;
}

void frame_free_clear(paddr_t frame)
{
	frame_of(frame)->refs = 0;
	push_free(&clear, frame >> PGSHIFT);
}

void frame_drop(uint32_t number)
{
	push_free(number < LOWMEM_FRAMES ? &low_limbo : &high_limbo, number);
	frame_limbo++;
}

static void drain_limbo(struct free_list *limbo, struct free_list *list)
{
	if (limbo->head) {
		frame_table[limbo->tail].next = list->head;
		list->head = limbo->head;
		list->count += limbo->count;
		limbo->head = limbo->count = 0;
	}
}

void frame_free_limbo(void)
{
	debug_assert(lock_held());
	drain_limbo(&low_limbo, &low);
	drain_limbo(&high_limbo, &high);
	frame_limbo = 0;
}

uint32_t frame_count_free(void)
{
	return low.count + high.count + clear.count;
}

uint32_t frame_refs(paddr_t frame)
{
	uint32_t refs = frame_is_beyond(frame) ? FRAME_FIXED : frame_of(frame)->refs;

	return refs < FRAME_FIXED ? refs : FRAME_REFS_FIXED;
}

bool frame_is_beyond(paddr_t frame)
{
	return frame >> PGSHIFT >= frame_table_size;
}

bool frame_is_fixed(paddr_t frame)
{
	return frame_is_beyond(frame) || frame_of(frame)->refs >= FRAME_FIXED;
}

inline void *frame_enter(paddr_t frame, enum frame_slot slot)
{
	return frame < LOWMEM_END ? frame_low(frame) : kmap_window(frame, slot);
}

inline void frame_clear(paddr_t frame)
{
	fill_words(frame_enter(frame, FRAME_SLOT_DST), 0, PGSIZE / 4);
}

void frame_copy(paddr_t dst, paddr_t src)
{
	copy_words(frame_enter(dst, FRAME_SLOT_DST), frame_enter(src, FRAME_SLOT_SRC), PGSIZE / 4);
}

/* ---- building the table ---- */

/* What must not be handed out although it may lie in RAM. */
static INIT_DATA struct span reserved[BOOT_MODULES_MAX + BOOT_RANGES_MAX + 2 + 2 * SPANS_MAX];
static INIT_DATA uint32_t nreserved;

/* The whole pages of [start, start + size); empty if there are none below 4 GiB. */
static INIT struct span span_of(uint64_t start, uint64_t size)
{
	const uint64_t top = ((uint64_t)1 << 32) - PGSIZE;
	uint64_t end = start + size < start || start + size > top ? top : start + size;

	if (start >= top || start + PGSIZE - 1 >= end) {
		return (struct span){0, 0};
	}
	return (struct span){(start + PGSIZE - 1) >> PGSHIFT, end >> PGSHIFT};
}

static INIT void reserve_frames(paddr_t start, paddr_t end)
{
	reserved[nreserved++] = (struct span){start >> PGSHIFT, (end + PGSIZE - 1) >> PGSHIFT};
}

static INIT void reserve_all(const struct bootinfo *info)
{
	reserve_frames(0, frame_low_addr(kernel_end));
	for (uint32_t i = 0; i < info->nmodules; i++) {
		reserve_frames(info->module[i].start, info->module[i].start + info->module[i].size);
	}
	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span s = span_of(info->range[i].start, info->range[i].size);

		if (info->range[i].type != 1 && s.end) {
			reserved[nreserved++] = s;
		}
	}
}

/* From page `start` on: the free pages up to `end` or to what is reserved next, and where they
 * start. */
static INIT struct span next_gap(uint32_t start, uint32_t end)
{
	struct span gap = {start, end};

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

/* Free low memory for `npages` of table: its first page. */
static INIT uint32_t find_room(const struct bootinfo *info, uint32_t npages)
{
	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span ram = span_of(info->range[i].start, info->range[i].size);
		uint32_t end = ram.end < LOWMEM_FRAMES ? ram.end : LOWMEM_FRAMES;

		if (info->range[i].type != 1) {
			continue;
		}
		for (struct span gap = next_gap(ram.start, end); gap.start < end;
		     gap = next_gap(gap.end, end)) {
			if (gap.end - gap.start >= npages) {
				return gap.start;
			}
		}
	}
	panic("no room for a frame table of %u pages: give the machine at least 16 MiB", npages);
}

/* Sets refs and, of meaning only if that is 0, next of the frames in a span. */
static INIT void set_refs(struct span span, uint32_t refs)
{
	fill_words(&frame_table[span.start], refs,
	           (span.end - span.start) * (sizeof(struct frame) / 4));
}

static INIT void add_span(struct free_list *list, struct span span)
{
	assert(list->nspans < SPANS_MAX);
	set_refs(span, 0);
	list->spans[list->nspans++] = span;
	list->count += span.end - span.start;
	reserved[nreserved++] = span; /* ranges may overlap */
}

/* Frees all pages of the span that are not reserved. */
static INIT void free_ram(struct span ram)
{
	struct span gap = next_gap(ram.start, ram.end);

	while (gap.start < ram.end) {
		if (gap.start < LOWMEM_FRAMES && gap.end > LOWMEM_FRAMES) {
			gap.end = LOWMEM_FRAMES;
		}
		add_span(gap.start < LOWMEM_FRAMES ? &low : &high, gap);
		gap = next_gap(gap.end, ram.end);
	}
}

INIT void frame_init(const struct bootinfo *info)
{
	uint32_t size, top = 0;
	struct span where;

	for (uint32_t i = 0; i < info->nranges; i++) {
		struct span ram = span_of(info->range[i].start, info->range[i].size);

		if (info->range[i].type == 1) {
			top = ram.end > top ? ram.end : top;
			frame_counts.unused +=
				(uint32_t)(info->range[i].size >> PGSHIFT) - (ram.end - ram.start);
		}
	}
	reserve_all(info);
	frame_table_size = top;
	size = (top * sizeof(struct frame) + PGSIZE - 1) / PGSIZE;
	where.start = find_room(info, size);
	where.end = where.start + size;
	reserved[nreserved++] = where;
	frame_table = frame_low(where.start << PGSHIFT);
	set_refs((struct span){0, top}, FRAME_FIXED);
	for (uint32_t i = 0; i < info->nranges; i++) {
		if (info->range[i].type == 1) {
			free_ram(span_of(info->range[i].start, info->range[i].size));
		}
	}
	/* The kernel's own memory: not even root maps it. */
	set_refs(where, 1);
	set_refs((struct span){frame_low_addr(kernel_start) >> PGSHIFT,
	                       frame_low_addr(kernel_end) >> PGSHIFT},
	         1);
	frame_counts.total = frame_count_free();
	debug_log("memory: %u MiB free of %u MiB, %u pages unused\n", frame_counts.total >> 8,
	          top >> 8, frame_counts.unused);
}

INIT void frame_free_init(void)
{
	for (char *page = init_start; page != init_end; page += PGSIZE) {
		frame_put(frame_low_addr(page));
	}
	frame_settle();
	frame_counts.total += (init_end - init_start) / PGSIZE;
}
