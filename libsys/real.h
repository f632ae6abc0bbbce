/* Floating-point numbers for printf: taken apart as bits and written out exactly, by integer
 * arithmetic alone. So printing them needs no FPU, whose first use in a turn costs an entry into
 * the kernel. */
#pragma once

#include "kernel/abi/types.h"

enum real_kind { REAL_FINITE, REAL_INFINITE, REAL_NAN };

/* mantissa * 2^exponent. */
struct real {
	enum real_kind kind;
	bool minus;
	uint64_t mantissa;
	int exponent;
	int mantissa_bits; /* of the type: 53 or 64; for %a */
};

struct real real_of(double value);
struct real real_of_long(long double value);

/* A number's decimal digits, all of them, nine in a word:
 *
 *     words[0] ... words[point - 1]  .  words[point] ... words[count - 1]
 *
 * There are zeros in front, and nothing but zeros follows. */
struct decimal {
	uint32_t *words;
	int point, count;
};

/* How many words the finite number needs: some 5 for those one meets, at most 124 for a double,
 * 1,832 for a long double. */
int decimal_size(const struct real *real);
/* Writes the number out into so many words. */
void decimal_make(struct decimal *decimal, uint32_t *words, const struct real *real);
/* The power of ten of the first digit that is not 0; 0 for the number 0. */
int decimal_first(const struct decimal *decimal);
/* The digit of that power of ten. */
uint32_t decimal_digit(const struct decimal *decimal, int power);
/* Rounds to a multiple of 10^power, ties to the even digit. power is at most 0, or that of the
 * first digit. */
void decimal_round(struct decimal *decimal, int power);
