/* Floating-point numbers as decimal digits: words of nine digits, multiplied or divided by powers
 * of two. Every finite binary number has a finite decimal expansion, so nothing is lost until it is
 * rounded, once. No state, no memory, no FPU instructions (mk/user.mk sees to that). */
#include "libsys/real.h"

enum {
	BASE = 1000000000, /* 10^9 */
	DIGITS = 9,
	DIVIDE_BITS = 9, /* 2^9 divides 10^9 */
	MULTIPLY_BITS = 29,
	MANTISSA_WORDS = 3, /* 2^64 < 10^27 */
};

/* ---- Taking apart: IEEE 754, and the x87's format (SDM vol. 1, 4.2.2) ---- */

struct real real_of(double value)
{
	const int fraction_bits = 52, bias = 1023, all_ones = 0x7FF;

	union {
		double value;
		uint64_t bits;
	} as = {value};
	int power = (int)(as.bits >> fraction_bits) & all_ones;
	uint64_t fraction = as.bits & ((1ull << fraction_bits) - 1);
	bool normal = power != 0;

	return (struct real){
		.kind = power != all_ones ? REAL_FINITE
	                : fraction == 0   ? REAL_INFINITE
	                                  : REAL_NAN,
		.minus = as.bits >> 63,
		.mantissa = fraction | (uint64_t)normal << fraction_bits,
		.exponent = (normal ? power : 1) - bias - fraction_bits,
		.mantissa_bits = fraction_bits + 1,
	};
}

struct real real_of_long(long double value)
{
	const int fraction_bits = 63, bias = 16383, all_ones = 0x7FFF;

	union {
		long double value;
		struct {
			uint64_t mantissa; /* with its highest bit */
			uint16_t sign_and_power;
		} bits;
	} as = {value};
	int power = as.bits.sign_and_power & all_ones;
	bool whole = as.bits.mantissa << 1 == 0;

	return (struct real){
		.kind = power != all_ones ? REAL_FINITE
	                : whole           ? REAL_INFINITE
	                                  : REAL_NAN,
		.minus = as.bits.sign_and_power > all_ones,
		.mantissa = as.bits.mantissa,
		.exponent = (power != 0 ? power : 1) - bias - fraction_bits,
		.mantissa_bits = fraction_bits + 1,
	};
}

/* ---- Writing out ---- */

/* The number with the smallest mantissa: most have few bits. */
static struct real reduced(const struct real *real)
{
	struct real least = *real;

	if (least.mantissa == 0) {
		least.exponent = 0;
	}
	for (; least.exponent < 0 && (least.mantissa & 1) == 0; least.exponent++) {
		least.mantissa >>= 1;
	}
	return least;
}

/* Words before the point, with one that stays 0 for what rounding carries; log10(2) is less than
 * 0.302. */
static int words_before(const struct real *least)
{
	int shifted = least->exponent > 0 ? least->exponent : 0;

	return 1 + MANTISSA_WORDS + shifted * 302 / 1000 / DIGITS + (shifted > 0);
}

/* Each bit behind the binary point is a digit behind the decimal one. */
static int words_behind(const struct real *least)
{
	return least->exponent < 0 ? (-least->exponent + DIGITS - 1) / DIGITS : 0;
}

int decimal_size(const struct real *real)
{
	struct real least = reduced(real);

	return words_before(&least) + words_behind(&least);
}

static void multiply(struct decimal *decimal, int bits)
{
	uint32_t carry = 0;

	for (int i = decimal->point - 1; i >= 0; i--) {
		uint64_t product = ((uint64_t)decimal->words[i] << bits) + carry;

		decimal->words[i] = (uint32_t)(product % BASE);
		carry = (uint32_t)(product / BASE);
	}
}

static void divide(struct decimal *decimal, int bits)
{
	const uint32_t mask = (1u << bits) - 1, share = BASE >> bits;
	uint32_t carry = 0;

	for (int i = 0; i < decimal->count; i++) {
		uint32_t rest = decimal->words[i] & mask;

		decimal->words[i] = (decimal->words[i] >> bits) + carry;
		carry = rest * share;
	}
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

void decimal_make(struct decimal *decimal, uint32_t *words, const struct real *real)
{
	struct real least = reduced(real);
	int before = words_before(&least);

	*decimal = (struct decimal){words, before, before + words_behind(&least)};
	for (int i = 0; i < decimal->count; i++) {
		words[i] = 0;
	}
	for (int i = before - 1; least.mantissa > 0; i--, least.mantissa /= BASE) {
		words[i] = (uint32_t)(least.mantissa % BASE);
	}
	for (int bits; least.exponent > 0; least.exponent -= bits) {
		bits = smaller(least.exponent, MULTIPLY_BITS);
		multiply(decimal, bits);
	}
	for (int bits; least.exponent < 0; least.exponent += bits) {
		bits = smaller(-least.exponent, DIVIDE_BITS);
		divide(decimal, bits);
	}
}

/* ---- Digits ---- */

static uint32_t ten_to(int power)
{
	uint32_t value = 1;

	while (power-- > 0) {
		value *= 10;
	}
	return value;
}

/* Where the digit of that power of ten is: in words[result], where it counts *unit. */
static int find(const struct decimal *decimal, int power, uint32_t *unit)
{
	int behind = power < 0 ? (-power - 1) / DIGITS + 1 : -(power / DIGITS);

	*unit = ten_to(power + behind * DIGITS);
	return decimal->point - 1 + behind;
}

uint32_t decimal_digit(const struct decimal *decimal, int power)
{
	uint32_t unit;
	int i = find(decimal, power, &unit);

	return i >= 0 && i < decimal->count ? decimal->words[i] / unit % 10 : 0;
}

int decimal_first(const struct decimal *decimal)
{
	int i = 0, power;

	while (i < decimal->count && decimal->words[i] == 0) {
		i++;
	}
	if (i == decimal->count) {
		return 0;
	}
	power = (decimal->point - 1 - i) * DIGITS;
	for (uint32_t rest = decimal->words[i] / 10; rest > 0; rest /= 10) {
		power++;
	}
	return power;
}

/* Whether what is behind `unit` of words[i] is more than half a unit, or half of one that is
 * odd. */
static bool rounds_up(const struct decimal *decimal, int i, uint32_t unit)
{
	bool odd = (decimal->words[i] / unit & 1) != 0;
	uint32_t rest = decimal->words[i] % unit, half = unit / 2;

	if (unit == 1) {
		i++;
		rest = i < decimal->count ? decimal->words[i] : 0;
		half = BASE / 2;
	}
	if (rest != half) {
		return rest > half;
	}
	for (i++; i < decimal->count; i++) {
		if (decimal->words[i] != 0) {
			return true;
		}
	}
	return odd;
}

void decimal_round(struct decimal *decimal, int power)
{
	uint32_t unit;
	int i = find(decimal, power, &unit);

	if (i >= decimal->count) {
		return;
	}
	bool up = rounds_up(decimal, i, unit);

	decimal->words[i] -= decimal->words[i] % unit;
	decimal->count = i + 1;
	if (i < decimal->point) { /* what follows up to the point is 0 now */
		for (int j = i + 1; j < decimal->point; j++) {
			decimal->words[j] = 0;
		}
		decimal->count = decimal->point;
	}
	decimal->words[i] += up ? unit : 0;
	for (; decimal->words[i] >= BASE; i--) {
		decimal->words[i] -= BASE;
		decimal->words[i - 1]++;
	}
}
