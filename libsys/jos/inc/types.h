/* JOS face: integer types and small helpers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t physaddr_t;
typedef uint32_t ppn_t; /* a page number */
typedef int32_t ssize_t;
typedef int32_t off_t;

/* Each evaluates its arguments once. */
#define MIN(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) min_a = (a);                                                         \
		__typeof__(b) min_b = (b);                                                         \
		min_a <= min_b ? min_a : min_b;                                                    \
	})
#define MAX(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) max_a = (a);                                                         \
		__typeof__(b) max_b = (b);                                                         \
		max_a >= max_b ? max_a : max_b;                                                    \
	})

/* To a multiple of n, any n; the result has a's type, which may be a pointer. */
#define ROUNDDOWN(a, n)                                                                            \
	({                                                                                         \
		uint32_t down_a = (uint32_t)(a);                                                   \
		(__typeof__(a))(down_a - down_a % (n));                                            \
	})
#define ROUNDUP(a, n)                                                                              \
	({                                                                                         \
		uint32_t up_n = (uint32_t)(n);                                                     \
		(__typeof__(a))(ROUNDDOWN((uint32_t)(a) + up_n - 1, up_n));                        \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
