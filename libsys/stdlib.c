/* Numbers from text, and a small random generator. The generator's state is all there is. */
#include "libsys/stdlib.h"

#include <limits.h>

static uint32_t rand_state = 2463534242u;

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The digit's value; 36 if it is none in any base. */
static int digit_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'Z') {
		return c - 'A' + 10;
	}
	return 36;
}

/* Settles the base and skips "0x" where it is a prefix and a digit follows. */
static const char *skip_prefix(const char *text, int *base)
{
	bool hex =
		text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && digit_value(text[2]) < 16;

	if ((*base == 0 || *base == 16) && hex) {
		*base = 16;
		return text + 2;
	}
	if (*base == 0) {
		*base = text[0] == '0' ? 8 : 10;
	}
	return text;
}

/* Digits at *text; moves *text behind them. Saturates at `limit`. */
static unsigned long parse_digits(const char **text, int base, unsigned long limit)
{
	unsigned long value = 0;

	for (; digit_value(**text) < base; (*text)++) {
		unsigned long digit = (unsigned long)digit_value(**text);

		if (value > (limit - digit) / (unsigned long)base) {
			value = limit; /* and stays there: the rest is only skipped */
		} else {
			value = value * (unsigned long)base + digit;
		}
	}
	return value;
}

long strtol(const char *text, char **end, int base)
{
	const char *next = text;
	const char *first;
	unsigned long value = 0;
	bool minus = false;

	while (is_space(*next)) {
		next++;
	}
	if (*next == '-' || *next == '+') {
		minus = *next++ == '-';
	}
	next = skip_prefix(next, &base);
	first = next;
	if (base >= 2 && base <= 36) {
		value = parse_digits(&next, base, minus ? (unsigned long)LONG_MAX + 1 : LONG_MAX);
	}
	if (end) {
		*end = (char *)(next > first ? next : text);
	}
	return (long)(minus ? -value : value);
}

int atoi(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

void srand(uint32_t seed)
{
	rand_state = seed != 0 ? seed : 1; /* zero would stay zero */
}

uint32_t rand(void)
{
	rand_state ^= rand_state << 13;
	rand_state ^= rand_state >> 17;
	rand_state ^= rand_state << 5;
	return rand_state;
}
