/* Standard names in angle brackets are libsys's headers, not those of a C library of host or
 * compiler. */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(_STDIO_H) || defined(_STDLIB_H) || defined(_STRING_H) || defined(_FEATURES_H)
#error "a C library's header was found"
#endif

int main(void)
{
	assert(INT_MAX == 0x7fffffff && CHAR_BIT == 8);
	assert(strcmp("a", "a") == 0 && strtol("7", NULL, 10) == 7);
	return printf("found\n") == 6 ? 0 : 1;
}
