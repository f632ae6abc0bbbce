/* The string functions that JOS has beyond those of libsys/string.c, which are used here too. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#include "libsys/jos/inc/string.h"

char *strcpy(char *dst, const char *src)
{
	memcpy(dst, src, (size_t)strlen(src) + 1);
	return dst;
}

char *strcat(char *dst, const char *src)
{
	strcpy(dst + strlen(dst), src);
	return dst;
}

char *strncpy(char *dst, const char *src, size_t size)
{
	size_t length = (size_t)strnlen(src, size);

	memcpy(dst, src, length);
	memset(dst + length, 0, size - length);
	return dst;
}

char *strfind(const char *s, char c)
{
	while (*s && *s != c) {
		s++;
	}
	return (char *)s;
}

void *memfind(const void *s, int c, size_t len)
{
	const unsigned char *byte = s, *end = byte + len;

	while (byte < end && *byte != (unsigned char)c) {
		byte++;
	}
	return (void *)byte;
}
