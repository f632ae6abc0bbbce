/* libsys' printf beside the host's, which rounds correctly: random numbers and random conversions,
 * and the edges of both. libsys/printf.c is compiled with its names changed
 * (tests/test_printf_host.py). */
#include "tests/host/host_check.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

int parley_snprintf(char *buffer, size_t size, const char *format, ...);

enum { SIZE = 8192, ROUNDS = 60000 };

static uint64_t state = 88172645463325252ull;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t below(uint64_t n)
{
	return random64() % n;
}

/* Both print the same, and say the same length. `...` is used twice: so a macro. */
#define SAME(format, ...)                                                                          \
	do {                                                                                       \
		static char ours[SIZE], theirs[SIZE];                                              \
		int our_length = parley_snprintf(ours, SIZE, format, __VA_ARGS__);                 \
		int their_length = snprintf(theirs, SIZE, format, __VA_ARGS__);                    \
		if (our_length != their_length || strcmp(ours, theirs) != 0) {                     \
			printf("%s:%d: \"%s\": \"%s\" (%d), not \"%s\" (%d)\n", __FILE__,          \
			       __LINE__, format, ours, our_length, theirs, their_length);          \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static double random_double(void)
{
	union {
		uint64_t bits;
		double value;
	} as = {random64()};
	double whole = (double)(int64_t)below(2000001) - 1000000;

	switch (below(6)) {
	case 0: return as.value; /* any: also subnormal, infinite, none */
	case 1: return whole;
	case 2: return whole / 8; /* many ties */
	case 3: return whole / 1000;
	case 4: return ldexp((double)(below(1 << 20) * 2 + 1), -(int)below(60));
	default: as.bits &= (1ull << 52) - 1; return as.value; /* subnormal */
	}
}

static void random_flags(char *text)
{
	for (const char *flag = "-+ #0"; *flag != '\0'; flag++) {
		if (below(4) == 0) {
			*text++ = *flag;
		}
	}
	if (below(3) == 0) {
		text += sprintf(text, "%d", (int)below(40));
	}
	if (below(3) != 0) {
		text += sprintf(text, ".%d", (int)(below(8) == 0 ? below(1200) : below(25)));
	}
	*text = '\0';
}

static void random_doubles(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		char flags[32], format[40];
		double value = random_double();

		random_flags(flags);
		sprintf(format, "%%%s%c", flags, "fFeEgGaA"[below(8)]);
		SAME(format, value);
	}
}

/* The host's %La may differ in the first digit's bits; its decimal digits are compared. */
static void random_long_doubles(void)
{
	for (int i = 0; i < ROUNDS / 20; i++) {
		char flags[32], format[40];
		long double value = (long double)random_double() * (long double)random_double() / 3;

		if (below(4) == 0) {
			value = ldexpl((long double)random64(), (int)below(32000) - 16300);
		}
		random_flags(flags);
		sprintf(format, "%%%sL%c", flags, "fFeEgG"[below(6)]);
		SAME(format, value);
		sprintf(format, "%%%sL%c", flags, "aA"[below(2)]);
		SAME(format, value);
	}
}

static void random_whole_numbers(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		char flags[32], format[48];
		uint64_t value = random64() >> below(64);
		char letter = "diuoxX"[below(6)];

		random_flags(flags);
		sprintf(format, "%%%s%c|%%%shh%c|%%%sh%c", flags, letter, flags, letter, flags,
		        letter);
		SAME(format, (int)value, (int)value, (int)value);
		sprintf(format, "%%%sll%c", flags, letter);
		SAME(format, value);
		sprintf(format, "%%%sl%c", flags, letter);
		SAME(format, (long)value);
		sprintf(format, "%%%sz%c|%%%st%c|%%%sj%c", flags, letter, flags, letter, flags,
		        letter);
		SAME(format, (size_t)value, (ptrdiff_t)value, (intmax_t)value);
	}
}

static void edges(void)
{
	static const double values[] = {
		0.0,   -0.0,       0.5,       1.5,      2.5,      0.125,          9.5,
		99.5,  9.9999995,  0.1,       1e15,     1e16,     1e21,           1e22,
		1e23,  DBL_MAX,    DBL_MIN,   5e-324,   INFINITY, -INFINITY,      NAN,
		-NAN,  0.00001234, 123456789, 999999.5, 9999995,  0.000099999995, 1e-5,
		1e100, -1e-300};
	static const char *const formats[] = {
		"%f",      "%.0f",     "%#.0f", "%e",    "%.0e",  "%#.0e", "%g",
		"%.0g",    "%.1g",     "%.17g", "%.3f",  "%.1f",  "%+g",   "% f",
		"%020.3f", "%-20.3fx", "%020g", "%a",    "%.0a",  "%.1a",  "%.13a",
		"%.20a",   "%#a",      "%A",    "%G",    "%F",    "%E",    "%.1074f",
		"%.780e",  "%.1000g",  "%30a",  "%030a", "%-30ax"};

	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
		for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
			SAME(formats[f], values[v]);
		}
	}
	SAME("%*.*f|%-*d|%.*s", 12, 3, 3.14159, 6, 42, 2, "abc");
	SAME("%*d|%.*d|%.*f", -6, 42, -1, 7, -5, 2.5);
	SAME("%c%5c%-5c|%10s|%-10s|%.3s|%%|%5d", 'a', 'b', 'c', "text", "text", "text", -1);
	SAME("%#x %#X %#o %#x %#o|%.0d|%.0x|%#.0o|%+.0d", 255, 255, 8, 0, 0, 0, 0, 0, 0);
	SAME("%Lf %Le %Lg %La", LDBL_MAX, LDBL_MIN, LDBL_EPSILON, 1.0L);
	SAME("%.16500Lg", 3.6e-4951L);
}

/* What the host does otherwise; of "%#g" glibc 2.36 prints "1.e+06" for 999999.5. */
static void ours_alone(void)
{
	char text[64];
	int stored = 77;

	CHECK_EQ(parley_snprintf(text, sizeof(text), "a%nb%d", &stored, 5), 5);
	CHECK_BYTES(text, strlen(text), "a%nb5");
	CHECK_EQ(stored, 77);
	CHECK_EQ(parley_snprintf(text, sizeof(text), "%d %y %d %", 1, 2), 8);
	CHECK_BYTES(text, strlen(text), "1 %y 2 %");
	CHECK_EQ(parley_snprintf(text, sizeof(text), "%#g %#g", 999999.5, 0.5), 20);
	CHECK_BYTES(text, strlen(text), "1.00000e+06 0.500000");
	CHECK_EQ(parley_snprintf(text, 4, "%.3f", 2.0), 5);
	CHECK_BYTES(text, strlen(text), "2.0");
	CHECK_EQ(parley_snprintf(text, sizeof(text), "%*d", 2000000000, 1), 100000);
	CHECK_EQ(parley_snprintf(text, sizeof(text), "%.*f", 2000000000, 1.0), 100002);
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(edges),
		TEST(ours_alone),
		TEST(random_doubles),
		TEST(random_long_doubles),
		TEST(random_whole_numbers),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
