/* A ring of bytes over storage of a power-of-two size.
 *
 *     bytes  . . . . x x x x x x . . . .      ring_used = put - taken <= size
 *                    ^           ^
 *           taken % size       put % size
 *
 * Both counters run freely and wrap at 2^32, so a value of `put` marks a place in the stream:
 * the byte put last before the mark is out when (int32_t)(taken - mark) >= 0. */
#pragma once

#include "kernel/abi/types.h"
#include "libsys/assert.h"

struct ring {
	uint8_t *bytes;
	uint32_t size;
	uint32_t put;   /* bytes ever put */
	uint32_t taken; /* bytes ever taken */
};

static inline void ring_init(struct ring *ring, uint8_t *bytes, uint32_t size)
{
	assert(size != 0 && (size & (size - 1)) == 0);
	*ring = (struct ring){.bytes = bytes, .size = size};
}

static inline uint32_t ring_used(const struct ring *ring)
{
	return ring->put - ring->taken;
}

static inline uint32_t ring_free(const struct ring *ring)
{
	return ring->size - ring_used(ring);
}

/* The caller has seen ring_free() > 0. */
static inline void ring_put(struct ring *ring, uint8_t byte)
{
	assert(ring_free(ring) > 0);
	ring->bytes[ring->put++ & (ring->size - 1)] = byte;
}

/* The oldest byte into *byte; false if there is none. */
static inline bool ring_peek(const struct ring *ring, uint8_t *byte)
{
	if (ring_used(ring) == 0) {
		return false;
	}
	*byte = ring->bytes[ring->taken & (ring->size - 1)];
	return true;
}

/* Takes the oldest byte into *byte; false if there is none. */
static inline bool ring_take(struct ring *ring, uint8_t *byte)
{
	bool taken = ring_peek(ring, byte);

	ring->taken += taken;
	return taken;
}
