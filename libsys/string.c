/* Strings and memory.
 *
 * Copies and fills go through `rep movs` and `rep stos`, four bytes at a time and a tail of bytes:
 * small, and one instruction per word where instructions are counted. The compiler must not
 * turn the loops below into calls of the functions that they are, hence the pragma.
 * No state; every program and server uses this file. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#include "libsys/string.h"

static inline void *fill_words(void *dst, uint32_t word, size_t count)
{
	asm volatile("rep stosl" : "+D"(dst), "+c"(count) : "a"(word) : "memory");
	return dst;
}

static inline void fill_bytes(void *dst, uint32_t byte, size_t count)
{
	asm volatile("rep stosb" : "+D"(dst), "+c"(count) : "a"(byte) : "memory");
}

static inline void copy_words(void **dst, const void **src, size_t count)
{
	asm volatile("rep movsl" : "+D"(*dst), "+S"(*src), "+c"(count) : : "memory");
}

static inline void copy_bytes(void *dst, const void *src, size_t count)
{
	asm volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(count) : : "memory");
}

void *memset(void *dst, int value, size_t size)
{
	uint32_t byte = (uint8_t)value;
	void *tail = fill_words(dst, byte * 0x01010101u, size / 4);

	fill_bytes(tail, byte, size % 4);
	return dst;
}

void *memcpy(void *dst, const void *src, size_t size)
{
	void *to = dst;

	copy_words(&to, &src, size / 4);
	copy_bytes(to, src, size % 4);
	return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
	uint8_t *to = dst;
	const uint8_t *from = src;

	/* Unsigned on purpose: a destination below the source is far "above" it. */
	if ((uintptr_t)to - (uintptr_t)from >= size) {
		return memcpy(dst, src, size);
	}
	while (size > 0) {
		size--;
		to[size] = from[size];
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *left = a, *right = b;

	for (size_t i = 0; i < size; i++) {
		if (left[i] != right[i]) {
			return left[i] - right[i];
		}
	}
	return 0;
}

void *memchr(const void *area, int value, size_t size)
{
	const uint8_t *bytes = area;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == (uint8_t)value) {
			return (void *)(bytes + i);
		}
	}
	return NULL;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0') {
		length++;
	}
	return length;
}

size_t strnlen(const char *text, size_t max)
{
	size_t length = 0;

	while (length < max && text[length] != '\0') {
		length++;
	}
	return length;
}

int strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (a[i] != b[i] || a[i] == '\0') {
			return (uint8_t)a[i] - (uint8_t)b[i];
		}
	}
	return 0;
}

char *strchr(const char *text, int c)
{
	while (*text != (char)c) {
		if (*text == '\0') {
			return NULL;
		}
		text++;
	}
	return (char *)text;
}

char *strrchr(const char *text, int c)
{
	const char *last = NULL;

	do {
		if (*text == (char)c) {
			last = text;
		}
	} while (*text++ != '\0');
	return (char *)last;
}

char *strstr(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (;;) {
		if (strncmp(text, part, length) == 0) {
			return (char *)text;
		}
		if (*text == '\0') {
			return NULL;
		}
		text++;
	}
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
	size_t length = strlen(src);

	if (size > 0) {
		size_t copied = length < size ? length : size - 1;

		memcpy(dst, src, copied);
		dst[copied] = '\0';
	}
	return length;
}
