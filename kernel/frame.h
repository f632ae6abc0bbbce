/* Physical memory: page frames, their reference counts, and windows onto them.
 *
 * A frame is named by its physical address. Frames below LOWMEM_END are mapped at KERNBASE;
 * the others are reached through two window slots of each CPU. All is guarded by the kernel lock. */
#ifndef PARLEY_KERNEL_FRAME_H
#define PARLEY_KERNEL_FRAME_H

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"

struct bootinfo;

#define LOWMEM_END 0x10000000u /* what KERNBASE..4 GiB maps */
#define FRAME_NONE 0u          /* physical page 0 is never handed out */

struct frame {
	uint32_t refs; /* mappings, or 1 for a kernel object; 0: free or in limbo.
			* Cannot overflow: there are fewer page-table entries than 2^32. */
	union {
		uint32_t next;  /* free, limbo: number of the next frame; 0 ends the list */
		uint32_t fixed; /* FRAME_FIXED: not RAM of ours; root may map it */
		struct {
			uint16_t lo, hi; /* page table: entries outside [lo, hi) are 0 */
		};
	};
};
enum { FRAME_FIXED = 0x7FFFFFFF, FRAME_REFS_FIXED = 2 };

enum frame_use {
	FRAME_FOR_USER,          /* any memory; refused when only the reserve is left */
	FRAME_FOR_SERVER,        /* any memory, the reserve included */
	FRAME_FOR_KERNEL,        /* directly mapped; refused when only the reserve is left */
	FRAME_FOR_KERNEL_SERVER, /* directly mapped, the reserve included */
};

/* Builds the frame table in free low memory and frees all RAM that bootinfo describes, but
 * for the first MiB, the kernel and the modules. Panics below 16 MiB or so. */
void frame_init(const struct bootinfo *info);

/* A frame with refs = 1 and undefined contents, or FRAME_NONE. */
paddr_t frame_alloc(enum frame_use use);

/* Drops one reference. A frame that nobody holds waits in limbo until frame_settle: first
 * the TLBs that may still know it are flushed. */
void frame_put(paddr_t frame);
void frame_settle(void);

/* One more mapping of a frame. */
void frame_get(paddr_t frame);

/* The number of mappings; FRAME_REFS_FIXED, that is never "the only one", for what is not counted. */
uint32_t frame_refs(paddr_t frame);
/* Whether root may map it: not RAM that the kernel hands out. */
bool frame_is_fixed(paddr_t frame);

/* The table entry of a frame of ours. */
struct frame *frame_of(paddr_t frame);

/* A kernel address for the frame; valid until the next call with the same slot on this CPU. */
enum frame_slot { FRAME_SLOT_DST, FRAME_SLOT_SRC, FRAME_SLOTS };
void *frame_enter(paddr_t frame, enum frame_slot slot);
void frame_clear(paddr_t frame);
void frame_copy(paddr_t dst, paddr_t src);

static inline void *frame_low(paddr_t frame)
{
	return (void *)(frame + KERNBASE);
}

static inline paddr_t frame_low_addr(const void *object)
{
	return (vaddr_t)object - KERNBASE;
}

struct frame_counts {
	uint32_t total, free, shared, unused;
};
extern struct frame_counts frame_counts;

#endif
