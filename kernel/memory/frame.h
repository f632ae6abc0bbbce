/* Physical memory: page frames, their reference counts, and windows onto them.
 *
 * A frame is named by its physical address. Frames below LOWMEM_END are mapped at KERNBASE;
 * the others are reached through two window slots of each CPU. All is guarded by the kernel
 * lock. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

struct bootinfo;

#define LOWMEM_END 0x10000000u /* what KERNBASE..4 GiB maps */
#define FRAME_NONE 0u          /* physical page 0 is never handed out */

struct frame {
	/* Mappings, or 1 for a kernel object; 0: free or in limbo; FRAME_FIXED and more: not RAM of
	 * ours. Cannot overflow: there are fewer page-table entries than 2^31. */
	uint32_t refs;
	union {
		uint32_t next; /* free, limbo: number of the next frame; 0 ends the list */
		struct {
			uint16_t lo, hi; /* page table: entries outside [lo, hi) are 0 */
		};
	};
};
enum { FRAME_REFS_FIXED = 2 };
#define FRAME_FIXED 0x80000000u

enum frame_use {
	FRAME_DIRECT = 1,    /* directly mapped, not any memory */
	FRAME_RESERVE = 128, /* leaves so many low frames for servers: enough to start each again */
};

/* Builds the frame table in free low memory and frees all RAM that bootinfo describes, but
 * for the first MiB, the kernel and the modules. Panics below 16 MiB or so. */
void frame_init(const struct bootinfo *info);

/* Frees the frames of what only start-up used. Its caller is in them: until the kernel lock is
 * released nobody gets them, and there must be no way back by then. */
void frame_free_init(void);

/* A frame with refs = 1 and undefined contents, or FRAME_NONE. */
paddr_t frame_alloc(enum frame_use use);

/* Whether a frame that frame_alloc just gave is full of zeros. */
bool frame_is_clear(paddr_t frame);

/* Frees a frame full of zeros, refs = 1, of directly mapped memory, that no TLB knows. */
void frame_free_clear(paddr_t frame);

/* The number of mappings; FRAME_REFS_FIXED, that is never "the only one", for what is not
 * counted. */
uint32_t frame_refs(paddr_t frame);
/* Whether root may map it: not RAM that the kernel hands out. */
bool frame_is_fixed(paddr_t frame);
/* Whether it lies beyond all RAM: its mappings have PTE_PCD, by which nasm/memory/pages.asm knows
 * them. */
bool frame_is_beyond(paddr_t frame);

enum frame_slot { FRAME_SLOT_DST, FRAME_SLOT_SRC, FRAME_SLOTS };
/* A kernel address for the frame; valid until the next call with the same slot on this CPU. */
void *frame_enter(paddr_t frame, enum frame_slot slot);
void frame_clear(paddr_t frame);
void frame_copy(paddr_t dst, paddr_t src);

static inline void *frame_low(paddr_t frame)
{
	return (char *)KERNBASE + frame; /* so the compiler sees that it is not NULL */
}

static inline paddr_t frame_low_addr(const void *object)
{
	return (vaddr_t)object - KERNBASE;
}

struct frame_counts {
	uint32_t total, unused;
	uint32_t shared; /* references beyond the first of each frame */
};
extern struct frame_counts frame_counts;
uint32_t frame_count_free(void);

/* ---- inline: what each entry of a page table that comes or goes costs ---- */

extern struct frame *frame_table;
extern uint32_t frame_table_size; /* frames that it describes */

/* The table entry of a frame of ours. */
static inline __attribute__((always_inline)) struct frame *frame_of(paddr_t frame)
{
	return &frame_table[frame >> PGSHIFT];
}

/* One more mapping of a frame. */
static inline void frame_get(paddr_t frame)
{
	uint32_t number = frame >> PGSHIFT;

	if (number < frame_table_size) {
		frame_table[number].refs++;
		frame_counts.shared++;
	}
}

/* To limbo. */
void frame_drop(uint32_t number);
void frame_free_limbo(void);
extern uint32_t frame_limbo; /* frames there */

/* Frees what is in limbo. */
static inline void frame_settle(void)
{
	if (frame_limbo) {
		frame_free_limbo();
	}
}

/* Drops one reference. A frame that nobody holds waits in limbo until frame_settle: first
 * the TLBs that may still know it are flushed. */
static inline void frame_put(paddr_t frame)
{
	uint32_t number = frame >> PGSHIFT;

	if (number < frame_table_size) {
		if (--frame_table[number].refs == 0) {
			frame_drop(number);
		} else {
			frame_counts.shared--;
		}
	}
}
