/* malloc, calloc and realloc at their edges: nothing, too much, zeroed memory, overflow. */
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

static void check_calloc(void)
{
	uint8_t *dirty = malloc(5000);

	memset(dirty, 0xFF, 5000);
	free(dirty);

	uint8_t *clean = calloc(50, 100);

	CHECK(clean != NULL);
	for (int i = 0; i < 5000; i++) {
		CHECK_EQ(clean[i], 0);
	}
	free(clean);
	CHECK(calloc(0x10000, 0x10001) == NULL);
}

static void check_realloc(void)
{
	char *text = realloc(NULL, 6);

	CHECK(text != NULL);
	strlcpy(text, "hello", 6);
	text = realloc(text, 100000);
	CHECK(text != NULL);
	CHECK_TEXT(text, "hello");
	CHECK(realloc(text, 0xF0000000u) == NULL);
	CHECK_TEXT(text, "hello");
	text = realloc(text, 6);
	CHECK_TEXT(text, "hello");
	free(text);
}

int main(void)
{
	void *first = malloc(0), *second = malloc(0);

	CHECK(first != NULL && second != NULL && first != second);
	free(first);
	free(second);
	free(NULL);
	CHECK(malloc(0xFFFFFFFFu) == NULL);
	CHECK(malloc(0x7FFFFFFFu) == NULL);
	check_calloc();
	check_realloc();
	return 0;
}
