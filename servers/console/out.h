/* Text on its way out (struct console_out, protocols/console.h): written ahead, then made part of
 * it in one store.
 *
 *     bytes  . . . x x x x x x o o o . . .     used = put - taken <= CONSOLE_OUT_SIZE
 *                  ^           ^     ^
 *               taken         put   written ahead, not yet part of it
 *
 * The positions run freely and wrap at 2^32, so a value of `put` marks a place in the stream: the
 * byte put last before the mark is out when (int32_t)(taken - mark) >= 0. A console may be killed
 * at any instruction, and the next one goes on with what it finds: therefore the order of the
 * stores counts. */
#pragma once

#include "protocols/console.h"

/* What was stored before it is in memory before what comes after it. (The processor keeps the order
 * of stores.) */
static inline void out_order(void)
{
	asm volatile("" : : : "memory");
}

static inline uint32_t out_used(const struct console_out *out)
{
	return out->put - out->taken;
}

static inline uint32_t out_free(const struct console_out *out)
{
	return CONSOLE_OUT_SIZE - out_used(out);
}

/* Writes a byte ahead, `at` places behind the last. There is room. */
static inline void out_write_ahead(struct console_out *out, uint32_t at, uint8_t byte)
{
	out->bytes[(out->put + at) % CONSOLE_OUT_SIZE] = byte;
}

/* Makes n bytes that were written ahead part of the text. */
static inline void out_commit(struct console_out *out, uint32_t n)
{
	out_order();
	out->put += n;
}

/* Whether the text so far ends in the middle of a line. */
static inline bool out_in_line(const struct console_out *out)
{
	return out->put != 0 && out->bytes[(out->put - 1) % CONSOLE_OUT_SIZE] != '\n';
}

/* The oldest byte, if there is one. */
static inline uint8_t out_first(const struct console_out *out)
{
	return out->bytes[out->taken % CONSOLE_OUT_SIZE];
}
