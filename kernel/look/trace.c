/* The trace (optional): what the hook tells, kept in a ring of records per CPU until SYS_TRACE
 * reads it.
 *
 *     ring of a CPU:   frame of pointers --> page of 128 records, page, page ...
 *                      read <= written <= read + capacity, both counted on without end
 *
 * A full ring drops what is new, and counts it: what led to the first event is worth more than the
 * last. Rings are frames of the kernel's, made when the trace is first switched on, TRACE_WORK at
 * most in one entry, and freed by TRACE_CLEAR. Events come with the lock held, so one lock guards
 * all; the reader takes records out while others come in. When the trace is on, `hook` is ours, and
 * who had it before is told by us. */
#include "kernel/base/debug.h"
#include "kernel/base/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/env.h"
#include "kernel/look/account.h"
#include "kernel/machine/time.h"
#include "kernel/memory/kmap.h"

enum { TRACE_WORK = 1024, RECORD_WORDS = sizeof(struct trace_record) / 4 };
_Static_assert(TRACE_RECORDS_PER_PAGE * sizeof(struct trace_record) == PGSIZE, "whole pages");
_Static_assert(TRACE_PAGES_MAX * sizeof(void *) == PGSIZE, "a frame of pointers");
_Static_assert((int)TRACE_VECTOR_PAGE_FAULT == (int)VEC_PAGE_FAULT &&
                       (int)TRACE_VECTOR_TIMER == (int)VEC_TIMER &&
                       (int)TRACE_VECTOR_SYSENTER == (int)VEC_SYSENTER,
               "vectors as readers know them");
_Static_assert((int)TRACE_ASK_FLUSH == (int)CPU_FLUSH && (int)TRACE_ASK_EVICT == (int)CPU_EVICT,
               "likewise requests");

static struct ring {
	struct trace_record **pages; /* NULL: not made yet */
	uint32_t made;               /* pages that are there */
	uint32_t written, read, dropped;
} rings[NCPU_MAX];
static uint32_t ring_pages; /* that each has or is to have, a power of two; 0: there are none */
static envid_t allowed;     /* may use SYS_TRACE beside root */
static hook_fn *next;       /* while we have the hook: who had it */

static hook_fn trace_event;

/* Takes the hook, or gives it back. Switches made in assembly have no hook: they must not be
 * then. */
static void give_hook(hook_fn *from_now_on)
{
	hook = from_now_on;
	for (uint32_t i = 0; i < cpu_count; i++) {
		cpus[i].switch_work &= ~SWITCH_HOOK;
		cpus[i].switch_work |= hook == trace_event ? SWITCH_HOOK : 0;
	}
}

static bool is_on(void)
{
	return hook == trace_event;
}

static struct trace_record *record_at(const struct ring *ring, uint32_t number)
{
	uint32_t place = number & (ring_pages * TRACE_RECORDS_PER_PAGE - 1);

	return &ring->pages[place / TRACE_RECORDS_PER_PAGE][place % TRACE_RECORDS_PER_PAGE];
}

/* ---- writing ---- */

/* The next record of this CPU; NULL: the ring is full. */
static struct trace_record *claim(void)
{
	struct ring *ring = &rings[this_cpu()->index];

	if (ring->written - ring->read == ring_pages * TRACE_RECORDS_PER_PAGE) {
		ring->dropped++;
		return NULL;
	}
	return record_at(ring, ring->written++);
}

static void fill_registers(struct trace_record *record, const struct trapframe *tf)
{
	bool on_xstack = tf->esp > USTACKTOP && tf->esp <= UXSTACKTOP;

	record->extra = on_xstack ? TRACE_ON_XSTACK : 0;
	record->a = tf->eax;
	record->b = tf->ebx;
	record->c = tf->eip;
	record->d = tf->esi;
}

static void fill_entry(struct trace_record *record, const struct trapframe *tf, vaddr_t va)
{
	fill_registers(record, tf);
	record->extra |= tf->vector;
	if (tf->vector == (int)VEC_PAGE_FAULT) {
		record->a = va;
		record->b = tf->err;
		record->d = tf->esp;
	}
}

static void store_record(enum event event, const struct env *env, uint32_t value, uint64_t now)
{
	struct trace_record *record = claim();

	if (!record) {
		return;
	}
	*record = (struct trace_record){.tsc = now,
	                                .event = event,
	                                .cpu = this_cpu()->index,
	                                .env = env ? env->id : 0,
	                                .a = value};
	if (event == EVENT_ENTER && env) {
		fill_entry(record, &env->tf, value);
	} else if (event == EVENT_RESUME) {
		fill_registers(record, &env->tf);
	} else if (event == EVENT_ASK || event == EVENT_ANSWERED) {
		record->a = value & 0xFF;
		record->b = value >> 8;
	}
}

static void trace_event(enum event event, struct env *env, uint32_t value)
{
	uint64_t now = rdtsc();

	debug_assert(lock_held());
	if (next) {
		next(event, env, value);
	}
	account_event(event, env, now);
	store_record(event, env, value, now);
	account_continue();
}

/* ---- rings ---- */

static uint32_t pages_made(void)
{
	uint32_t made = 0;

	for (uint32_t i = 0; i < cpu_count; i++) {
		made += rings[i].made;
	}
	return made;
}

/* One page more. False: there is no memory. */
static bool make_page(struct ring *ring)
{
	void *page;

	if (!ring->pages) {
		*ring = (struct ring){.pages = kmap_page()};
	}
	page = ring->pages ? kmap_page() : NULL;
	if (page) {
		ring->pages[ring->made++] = page;
	}
	return page;
}

/* Makes rings of `pages` each, as far as one entry goes; pages still missing, or E_NO_MEM. */
static int make_rings(uint32_t pages)
{
	uint32_t work = 0;

	ring_pages = pages;
	for (uint32_t i = 0; i < cpu_count; i++) {
		for (; rings[i].made < pages && work < TRACE_WORK; work++) {
			if (!make_page(&rings[i])) {
				return E_NO_MEM;
			}
		}
	}
	return cpu_count * pages - pages_made();
}

static int start_trace(uint32_t pages)
{
	int missing;

	if (pages == 0 || pages > TRACE_PAGES_MAX || pages & (pages - 1)) {
		return E_INVAL;
	}
	if (ring_pages && ring_pages != pages) {
		return E_BUSY;
	}
	missing = make_rings(pages);
	if (missing == 0 && !is_on()) {
		account_reset();
		next = hook;
		give_hook(trace_event);
	}
	return missing;
}

static int stop_trace(void)
{
	if (is_on()) {
		give_hook(next);
	}
	return OK;
}

/* Frees rings, as far as one entry goes; pages still there. */
static int clear_rings(void)
{
	uint32_t work = 0;

	if (is_on()) {
		return E_BUSY;
	}
	for (uint32_t i = 0; i < cpu_count; i++) {
		struct ring *ring = &rings[i];

		for (; ring->made && work < TRACE_WORK; work++) {
			frame_put(frame_low_addr(ring->pages[--ring->made]));
		}
		if (ring->pages && !ring->made) {
			frame_put(frame_low_addr(ring->pages));
			*ring = (struct ring){0};
		}
	}
	frame_settle();
	ring_pages = pages_made() ? ring_pages : 0;
	return pages_made();
}

/* ---- the call ---- */

static int move_records(const struct env *caller, uint32_t cpu, vaddr_t va)
{
	struct ring *ring = &rings[cpu];
	struct trace_record *to = (struct trace_record *)va;
	uint32_t n = 0;

	if (cpu >= cpu_count || va % PGSIZE || va >= UTOP) {
		return E_INVAL;
	}
	if (!space_may_access(&caller->space, va, PGSIZE, PTE_W)) {
		return E_FAULT;
	}
	invlpg(va); /* it may stand in the TLB with older rights */
	while (n < TRACE_RECORDS_PER_PAGE && ring->read != ring->written) {
		copy_words(&to[n++], record_at(ring, ring->read++), RECORD_WORDS);
	}
	return n;
}

static int show_stats(struct env *caller)
{
	struct trace_stats stats = {.on = is_on(),
	                            .capacity = cpu_count * ring_pages * TRACE_RECORDS_PER_PAGE,
	                            .tsc_per_ms = time_tsc_per_ms};

	_Static_assert(sizeof(stats) == TRACE_STATS_WORDS * 4, "TRACE_STATS_WORDS");
	for (uint32_t i = 0; i < cpu_count; i++) {
		stats.waiting += rings[i].written - rings[i].read;
		stats.dropped += rings[i].dropped;
	}
	copy_words((void *)&caller->page->msg[3], &stats, TRACE_STATS_WORDS);
	return OK;
}

static int add_name(const struct env *caller)
{
	struct trace_record *record = is_on() ? claim() : NULL;

	if (record) {
		*record = (struct trace_record){.tsc = rdtsc(),
		                                .event = EVENT_NAME,
		                                .cpu = this_cpu()->index,
		                                .extra = caller->tf.edi,
		                                .env = caller->tf.esi};
		copy_words(&record->a, (const void *)&caller->page->msg[3], TRACE_NAME_WORDS);
	}
	return OK;
}

static int trace_call(struct env *caller)
{
	uint32_t op = caller->tf.ebx, first = caller->tf.esi;

	if (!caller->root && (op == TRACE_ALLOW || allowed != caller->id)) {
		return E_PERM;
	}
	switch (op) {
	case TRACE_ON: return start_trace(first);
	case TRACE_OFF: return stop_trace();
	case TRACE_CLEAR: return clear_rings();
	case TRACE_READ: return move_records(caller, first, caller->tf.edi);
	case TRACE_STATS: return show_stats(caller);
	case TRACE_NAME: return add_name(caller);
	case TRACE_ALLOW: allowed = first; return OK;
	default: return E_INVAL;
	}
}

static INIT void trace_offer(void)
{
	looks.trace_call = trace_call;
}
LOOK_OFFERS(trace_offer);
