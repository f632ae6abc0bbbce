/* Thousands of random malloc, realloc and free: blocks are aligned, never overlap, keep what
 * was written, and memory is used again. */
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

enum { BLOCKS = 200, ROUNDS = 8000, HEAP_BOUND = 4 * 1024 * 1024 };

static struct {
	uint8_t *bytes;
	size_t size;
	uint8_t mark;
} blocks[BLOCKS];

static size_t random_size(void)
{
	uint32_t choice = rand();

	if (choice % 50 == 0) {
		return rand() % 40000;
	}
	return choice % 4 == 0 ? rand() % 2000 : rand() % 100;
}

static void check_contents(int i, size_t size)
{
	for (size_t at = 0; at < size; at++) {
		CHECK_EQ(blocks[i].bytes[at], blocks[i].mark);
	}
}

static void take(int i, uint8_t *bytes, size_t size)
{
	CHECK(bytes != NULL);
	CHECK_EQ((uintptr_t)bytes % 8, 0);
	blocks[i].bytes = bytes;
	blocks[i].size = size;
	blocks[i].mark = (uint8_t)rand();
	memset(bytes, blocks[i].mark, size);
}

static void change(int i)
{
	size_t size = random_size();

	if (blocks[i].bytes == NULL) {
		take(i, malloc(size), size);
		return;
	}
	check_contents(i, blocks[i].size);
	if (rand() % 3 == 0) {
		size_t kept = size < blocks[i].size ? size : blocks[i].size;

		blocks[i].bytes = realloc(blocks[i].bytes, size);
		CHECK(blocks[i].bytes != NULL);
		check_contents(i, kept);
		take(i, blocks[i].bytes, size);
	} else {
		free(blocks[i].bytes);
		blocks[i].bytes = NULL;
	}
}

int main(void)
{
	uintptr_t start = (uintptr_t)sbrk(0);

	for (int round = 0; round < ROUNDS; round++) {
		change(rand() % BLOCKS);
	}
	for (int i = 0; i < BLOCKS; i++) {
		if (blocks[i].bytes != NULL) {
			check_contents(i, blocks[i].size);
			free(blocks[i].bytes);
		}
	}
	CHECK((uintptr_t)sbrk(0) - start < HEAP_BOUND);
	return 0;
}
