/* What a test program needs: a failed check prints its place and values and ends the program
 * with status 1. */
#pragma once

#include "libsys/process.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);             \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

/* Both sides as integers. */
#define CHECK_EQ(got, wanted)                                                                      \
	check_equal(__FILE__, __LINE__, #got, (long long)(got), (long long)(wanted))

#define CHECK_TEXT(got, wanted) check_text(__FILE__, __LINE__, #got, got, wanted)

static inline void check_equal(const char *file, int line, const char *what, long long got,
                               long long wanted)
{
	if (got != wanted) {
		printf("%s:%d: %s is %lld (0x%llx), not %lld (0x%llx)\n", file, line, what, got,
		       got, wanted, wanted);
		exit(1);
	}
}

static inline void check_text(const char *file, int line, const char *what, const char *got,
                              const char *wanted)
{
	if (strcmp(got, wanted) != 0) {
		printf("%s:%d: %s is \"%s\", not \"%s\"\n", file, line, what, got, wanted);
		exit(1);
	}
}
