/* The heap: blocks with boundary tags, free ones in segregated lists.
 *
 *     used block                    free block
 *     +-----------+-----------+     +-----------+-----------+
 *     | size|bits | check     |     | size|bits | check     |  struct block
 *     +-----------+-----------+     +-----------+-----------+
 *     | what the program got  |     | next      | previous  |  in its list
 *     | ...                   |     | ...                   |
 *     |                       |     |           | size      |  PREV_FREE of the block above
 *     +-----------------------+     +-----------+-----------+
 *
 * Sizes include the header and are multiples of 8. Invariants: no two free blocks are
 * neighbours; a block's PREV_FREE says whether the one below is free (only then is the word
 * below the header a size); every free block is in the list of its size; `check` is a function
 * of address and first word, so a wild pointer, a second free or an overrun of the block below
 * shows when a block is freed, and ends the process.
 *
 * Each doubling of size has four lists; a bitmap says which are not empty. Every block of a
 * higher list is large enough, so at most one list is searched. Memory comes from sbrk in areas
 * that end with a used block of size 8, and never goes back; adjacent areas become one. */
#include "libsys/assert.h"
#include "libsys/stdlib.h"
#include "libsys/string.h"

enum {
	USED = 1,      /* else free */
	PREV_FREE = 2, /* the block below is free */
	BITS = 7,
	ALIGNMENT = 8,
	HEADER_SIZE = 8,
	BLOCK_MIN = 24, /* header, links, size at the end */
	NLISTS = 32 * 4,
	AREA_MIN = 64 * 1024 - HEADER_SIZE, /* least to ask of sbrk, without the end */
};

#define CHECK_USED 0x5AFEB10Cu
#define CHECK_FREE 0xF4EEB10Cu
#define BLOCK_MAX 0x7FFF0000u

struct block {
	uint32_t word; /* size | bits */
	uint32_t check;
	struct block *next, *previous; /* free blocks only */
};

static struct block *lists[NLISTS];
static uint32_t list_bits[NLISTS / 32]; /* 1: the list is not empty */
static struct block *area_end;          /* last block of the newest area; NULL: no heap yet */
static uintptr_t heap_low;              /* of the first area */

static size_t block_size(const struct block *block)
{
	return block->word & ~(uint32_t)BITS;
}

static struct block *block_at(const void *base, intptr_t offset)
{
	return (struct block *)((uintptr_t)base + offset);
}

static struct block *block_above(const struct block *block)
{
	return block_at(block, block_size(block));
}

static struct block *block_below(const struct block *block)
{
	uint32_t size = *(const uint32_t *)block_at(block, -4);

	return block_at(block, -(intptr_t)size);
}

static uint32_t check_of(const struct block *block)
{
	uint32_t kind = (block->word & USED) != 0 ? CHECK_USED : CHECK_FREE;

	/* PREV_FREE changes with the neighbour and stays out of it. */
	return kind ^ (uint32_t)(uintptr_t)block ^ (block->word & ~(uint32_t)PREV_FREE);
}

/* Four lists from each power of two to the next: the two bits below the highest one choose. */
static unsigned list_of(size_t size)
{
	unsigned log = 31 - __builtin_clz(size);

	return log * 4 + ((size >> (log - 2)) & 3);
}

static void list_insert(struct block *block)
{
	unsigned list = list_of(block_size(block));

	block->previous = NULL;
	block->next = lists[list];
	if (block->next) {
		block->next->previous = block;
	}
	lists[list] = block;
	list_bits[list / 32] |= 1u << (list % 32);
}

static void list_remove(struct block *block)
{
	unsigned list = list_of(block_size(block));

	if (block->next) {
		block->next->previous = block->previous;
	}
	if (block->previous) {
		block->previous->next = block->next;
		return;
	}
	lists[list] = block->next;
	if (!lists[list]) {
		list_bits[list / 32] &= ~(1u << (list % 32));
	}
}

/* Makes [block, block + size) a used block; its PREV_FREE stays as it is. */
static void set_used(struct block *block, size_t size)
{
	block->word = size | USED | (block->word & PREV_FREE);
	block->check = check_of(block);
	block_above(block)->word &= ~(uint32_t)PREV_FREE;
}

/* Makes [block, block + size) a free block in its list. The block below must be used. */
static void set_free(struct block *block, size_t size)
{
	block->word = size;
	block->check = check_of(block);
	*(uint32_t *)block_at(block, size - 4) = size;
	block_above(block)->word |= PREV_FREE;
	list_insert(block);
}

static void verify(const struct block *block)
{
	if (block->check != check_of(block)) {
		panic("heap overwritten at %p", (void *)block);
	}
}

/* Takes a free block out of its list before it becomes part of another one. */
static void absorb(struct block *block)
{
	verify(block);
	list_remove(block);
	block->check = 0;
}

/* Frees [block, block + size), joining it with free neighbours. */
static void release(struct block *block, size_t size)
{
	struct block *above = block_at(block, size);

	verify(above);
	if ((above->word & USED) == 0) {
		size += block_size(above);
		absorb(above);
	}
	if ((block->word & PREV_FREE) != 0) {
		struct block *below = block_below(block);

		size += block_size(below);
		absorb(below);
		block->check = 0;
		block = below;
	}
	set_free(block, size);
}

/* Makes the first `size` bytes of [block, block + have) a used block and frees the rest. */
static void carve(struct block *block, size_t have, size_t size)
{
	if (have - size < BLOCK_MIN) {
		set_used(block, have);
		return;
	}

	struct block *rest = block_at(block, size);

	rest->word = USED; /* neighbour below is used; release reads only PREV_FREE */
	set_used(block, size);
	release(rest, have - size);
}

/* A free block of at least `size` bytes, or NULL. */
static struct block *find(size_t size)
{
	unsigned list = list_of(size);

	for (struct block *block = lists[list]; block; block = block->next) {
		if (block_size(block) >= size) {
			return block;
		}
	}
	for (unsigned next = list + 1; next < NLISTS; next = (next / 32 + 1) * 32) {
		uint32_t bits = list_bits[next / 32] & (UINT32_MAX << (next % 32));

		if (bits != 0) {
			return lists[next / 32 * 32 + __builtin_ctz(bits)];
		}
	}
	return NULL;
}

static struct block *end_block(struct block *block)
{
	block->word = HEADER_SIZE | USED;
	block->check = check_of(block);
	return block;
}

/* More memory, so that a block of `size` bytes is free. False if there is none to have. */
static bool grow_heap(size_t size)
{
	size_t area = size + HEADER_SIZE < AREA_MIN ? AREA_MIN : size + HEADER_SIZE;
	struct block *base = sbrk(area + HEADER_SIZE);

	if (base == (void *)-1) {
		return false;
	}
	if (area_end && base == block_at(area_end, HEADER_SIZE)) {
		base = area_end; /* the old end becomes the header of the new block */
		area += HEADER_SIZE;
	} else {
		uint32_t shift = -(uintptr_t)base % ALIGNMENT; /* if others used sbrk too */

		base = block_at(base, shift);
		base->word = USED;
		heap_low = !area_end ? (uintptr_t)base : heap_low;
		area -= shift != 0 ? ALIGNMENT : 0;
	}
	area_end = end_block(block_at(base, area));
	release(base, area);
	return true;
}

static size_t size_for(size_t wanted)
{
	size_t size = (wanted + HEADER_SIZE + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

	return size < BLOCK_MIN ? BLOCK_MIN : size;
}

void *malloc(size_t size)
{
	struct block *block;

	if (size > BLOCK_MAX) {
		return NULL;
	}
	size = size_for(size);
	block = find(size);
	if (!block && grow_heap(size)) {
		block = find(size);
	}
	if (!block) {
		return NULL;
	}
	list_remove(block);
	carve(block, block_size(block), size);
	return block_at(block, HEADER_SIZE);
}

/* The used block that `pointer` was given out for; ends the process if there is none. */
static struct block *used_block(void *pointer, const char *caller)
{
	struct block *block = block_at(pointer, -HEADER_SIZE);

	if (!area_end || (uintptr_t)block < heap_low || block >= area_end ||
	    (uintptr_t)block % ALIGNMENT != 0) {
		panic("%s of %p, which is not in the heap", caller, pointer);
	}
	if (block->check != check_of(block) || block_size(block) < BLOCK_MIN) {
		panic("%s of %p, which is no block or was overwritten", caller, pointer);
	}
	if ((block->word & USED) == 0) {
		panic("%s of %p, which is free already", caller, pointer);
	}
	return block;
}

void free(void *pointer)
{
	if (!pointer) {
		return;
	}

	struct block *block = used_block(pointer, "free");

	release(block, block_size(block));
}

void *calloc(size_t count, size_t size)
{
	size_t total;
	void *memory;

	if (__builtin_mul_overflow(count, size, &total)) {
		return NULL;
	}
	memory = malloc(total);
	if (memory) {
		memset(memory, 0, total);
	}
	return memory;
}

/* Tries to make a used block `size` bytes long where it stands. */
static bool resize(struct block *block, size_t size)
{
	size_t have = block_size(block);
	struct block *above = block_above(block);

	if (have < size) {
		if ((above->word & USED) != 0 || have + block_size(above) < size) {
			return false;
		}
		have += block_size(above);
		absorb(above);
	}
	carve(block, have, size);
	return true;
}

void *realloc(void *old, size_t size)
{
	if (!old) {
		return malloc(size);
	}
	if (size > BLOCK_MAX) {
		return NULL;
	}

	struct block *block = used_block(old, "realloc");

	if (resize(block, size_for(size))) {
		return old;
	}

	void *new = malloc(size);

	if (new) {
		memcpy(new, old, block_size(block) - HEADER_SIZE);
		release(block, block_size(block));
	}
	return new;
}
