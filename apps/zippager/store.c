/* Packed pages: runs of equal words become a count and the word.
 *
 *     packed page:  token, token ...  until 1,024 words are out
 *     token:        count << 1 | 1, word            `count` times that word
 *                   count << 1, word, word ...      `count` words as they are
 *
 * A page of zeros takes 8 bytes, one without equal neighbours 4 more than it had. A sum over the
 * page tells, when it is unpacked, that it is the same. */
#include "apps/zippager/store.h"
#include "kernel/abi/memlayout.h"
#include "libsys/assert.h"
#include "libsys/stdlib.h"
#include "libsys/string.h"

enum {
	WORDS = PGSIZE / 4,
	RUN_LEAST = 3, /* so that a run never takes more room than it had */
	PACKED_MAX = WORDS + 1,
};

static struct place {
	uint32_t *packed; /* NULL: free */
	uint32_t sum;
	vaddr_t va;
} places[STORE_PLACES];
static uint32_t nused, first_free; /* there is no free place below it */

struct store_counts store_counts;

static uint32_t sum_of(const uint32_t *page)
{
	uint32_t sum = 1;

	for (uint32_t i = 0; i < WORDS; i++) {
		sum = (sum << 5 | sum >> 27) ^ page[i];
	}
	return sum;
}

/* How many words from `at` on are equal. */
static uint32_t run_at(const uint32_t *page, uint32_t at)
{
	uint32_t end = at + 1;

	while (end < WORDS && page[end] == page[at]) {
		end++;
	}
	return end - at;
}

/* Returns how many words came out. */
static uint32_t pack(const uint32_t *page, uint32_t *packed)
{
	uint32_t *out = packed, *literals = NULL; /* the token of the literals at the end */

	for (uint32_t at = 0; at < WORDS;) {
		uint32_t run = run_at(page, at);

		if (run >= RUN_LEAST) {
			*out++ = run << 1 | 1;
			*out++ = page[at];
			at += run;
			literals = NULL;
			continue;
		}
		if (literals == NULL) {
			literals = out++;
			*literals = 0;
		}
		*literals += 1 << 1;
		*out++ = page[at++];
	}
	return (uint32_t)(out - packed);
}

static void unpack(const uint32_t *packed, uint32_t *page)
{
	for (uint32_t at = 0; at < WORDS;) {
		uint32_t token = *packed++, count = token >> 1;

		assert(count > 0 && count <= WORDS - at);
		for (uint32_t i = 0; i < count; i++) {
			page[at++] = token & 1 ? *packed : *packed++;
		}
		packed += token & 1;
	}
}

static uint32_t find_free(void)
{
	while (first_free < STORE_PLACES && places[first_free].packed != NULL) {
		first_free++;
	}
	return first_free;
}

int store_put(const uint32_t *page, vaddr_t va)
{
	static uint32_t content[WORDS], packed[PACKED_MAX];
	uint32_t place = find_free(), bytes, *copy;

	memcpy(content, page, sizeof(content)); /* its owner may write there meanwhile */
	bytes = pack(content, packed) * sizeof(packed[0]);
	copy = place < STORE_PLACES ? malloc(bytes) : NULL;
	if (copy == NULL) {
		return -1;
	}
	memcpy(copy, packed, bytes);
	places[place] = (struct place){copy, sum_of(content), va};
	nused++;
	store_counts.pages++;
	store_counts.bytes += bytes;
	store_counts.most = nused > store_counts.most ? nused : store_counts.most;
	return (int)place;
}

bool store_get(uint32_t place, vaddr_t va, uint32_t *page)
{
	if (store_va(place) != va) {
		return false;
	}
	unpack(places[place].packed, page);
	assert(sum_of(page) == places[place].sum);
	return true;
}

vaddr_t store_va(uint32_t place)
{
	return place < STORE_PLACES && places[place].packed != NULL ? places[place].va : STORE_NONE;
}

void store_forget(uint32_t place)
{
	free(places[place].packed);
	places[place].packed = NULL;
	nused--;
	first_free = place < first_free ? place : first_free;
}
