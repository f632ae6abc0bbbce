/* Each conversion, flag, width and precision of snprintf gives the text that ISO C says. */
#include "libsys/syscall.h"
#include "tests/guest/check.h"

/* Mistakes are among what is tested. */
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-overflow"

#define CHECK_FORMAT(wanted, ...)                                                                  \
	do {                                                                                       \
		char text[128];                                                                    \
		CHECK_EQ(snprintf(text, sizeof(text), __VA_ARGS__), strlen(wanted));               \
		CHECK_TEXT(text, wanted);                                                          \
	} while (0)

static void check_numbers(void)
{
	CHECK_FORMAT("0", "%d", 0);
	CHECK_FORMAT("-2147483648", "%d", (int)0x80000000);
	CHECK_FORMAT("4294967295", "%u", 0xFFFFFFFFu);
	CHECK_FORMAT("deadbeef DEADBEEF", "%x %X", 0xDEADBEEFu, 0xDEADBEEFu);
	CHECK_FORMAT("777", "%o", 0777);
	CHECK_FORMAT("-1 255", "%hhd %hhu", 255, 255);
	CHECK_FORMAT("-1 65535", "%hd %hu", 65535, 65535);
	CHECK_FORMAT("7 8", "%ld %zu", 7L, (size_t)8);
	CHECK_FORMAT("7 -8 9 +5  5 0x1f 017", "%jd %td %zd %+d % d %#x %#o", (intmax_t)7,
	             (ptrdiff_t)-8, (size_t)9, 5, 5, 0x1Fu, 017u);
	CHECK_FORMAT("-9223372036854775808", "%lld", (long long)1 << 63);
	CHECK_FORMAT("18446744073709551615", "%llu", ~0ull);
	CHECK_FORMAT("1777777777777777777777", "%llo", ~0ull);
	CHECK_FORMAT("fedcba9876543210 9", "%llx %d", 0xFEDCBA9876543210ull, 9);
}

static void check_fields(void)
{
	CHECK_FORMAT("[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42);
	CHECK_FORMAT("[  -42][-0042]", "[%5d][%05d]", -42, -42);
	CHECK_FORMAT("[-42  ]", "[%-05d]", -42);
	CHECK_FORMAT("[  042][  042]", "[%5.3d][%05.3d]", 42, 42);
	CHECK_FORMAT("[][     ]", "[%.0d][%5.0d]", 0, 0);
	CHECK_FORMAT("[   7][7   ]", "[%*d][%*d]", 4, 7, -4, 7);
	CHECK_FORMAT("[007][7]", "[%.*d][%.*d]", 3, 7, -3, 7);
	CHECK_FORMAT("[12345]", "[%2d]", 12345);
}

/* What the compiler does not let pass elsewhere; and nothing is stored. */
static void check_mistakes(void)
{
	int stored = 77;

	CHECK_FORMAT("%q 5", "%q %d", 5);
	CHECK_FORMAT("50%", "50%");
	CHECK_FORMAT("%-5", "%-5");
	CHECK_FORMAT("a%n5", "a%n%d", &stored, 5);
	CHECK_EQ(stored, 77);
	CHECK_FORMAT("(null)", "%s", (const char *)0);
}

/* tests/host/printf_test.c compares more. These numbers are exact, and their texts known. */
static void check_reals(void)
{
	volatile double tie = 2.5, tenth = 0.1, large = 1e100;

	CHECK_FORMAT("2 2.5 2.500000 2.5e+00", "%.0f %g %f %.1e", tie, tie, tie, tie);
	CHECK_FORMAT("0.1000000000000000055511151231257827", "%.34f", tenth);
	CHECK_FORMAT("1e+100 1.00000E+100", "%g %.5E", large, large);
	CHECK_FORMAT("[    -0.10][-0.10    ][-000000.1]", "[%9.2f][%-9.2f][%09.1f]", -tenth, -tenth,
	             -tenth);
	CHECK_FORMAT("inf -inf INF nan", "%f %g %E %f", __builtin_inf(), -__builtin_inf(),
	             __builtin_inf(), __builtin_nan(""));
	CHECK_FORMAT("0x1.4p+1 0.333333", "%a %Lf", tie, 1.0L / 3);
}

/* Whoever prints no such number does not load the FPU; nor does printing one. */
static void check_fpu_is_left_alone(void)
{
	static const double ready = 1.5; /* as bits in memory */
	const uint64_t *bits = (const uint64_t *)&ready;
	char text[16];

	CHECK_EQ(env_page->fpu, 0);
	CHECK_EQ(snprintf(text, sizeof(text), "%d", 5), 1);
	CHECK_EQ(snprintf(text, sizeof(text), "%.3f", *bits), 5);
	CHECK_TEXT(text, "1.500");
	CHECK_EQ(env_page->fpu, 0);
}

static void check_texts(void)
{
	CHECK_FORMAT("[abc][  abc][abc  ]", "[%s][%5s][%-5s]", "abc", "abc", "abc");
	CHECK_FORMAT("[ab][   ab]", "[%.2s][%5.2s]", "abc", "abc");
	CHECK_FORMAT("[x][  y]", "[%c][%3c]", 'x', 'y');
	CHECK_FORMAT("0x00001000", "%p", (void *)0x1000);
	CHECK_FORMAT("100%", "%d%%", 100);
	CHECK_FORMAT("OK E_NO_MEM -1234", "%s %s %s", STATUS(OK), STATUS(E_NO_MEM), STATUS(-1234));
	CHECK_FORMAT("[  E_PERM]", "[%8s]", STATUS(E_PERM));
}

static void check_precision_bounds_reading(void)
{
	const char unterminated[3] = {'a', 'b', 'c'};

	CHECK_FORMAT("abc", "%.3s", unterminated);
}

static void check_small_buffers(void)
{
	char text[5] = "????";

	CHECK_EQ(snprintf(text, 4, "%s", "abcdef"), 6);
	CHECK_TEXT(text, "abc");
	CHECK_EQ(snprintf(text, 1, "%d", 77), 2);
	CHECK_TEXT(text, "");
	text[0] = '!';
	CHECK_EQ(snprintf(text, 0, "%d", 77), 2);
	CHECK_EQ(text[0], '!');
	CHECK_EQ(snprintf(NULL, 0, "%s", "four"), 4);
}

int main(void)
{
	check_fpu_is_left_alone();
	check_numbers();
	check_fields();
	check_texts();
	check_mistakes();
	check_reals();
	check_precision_bounds_reading();
	check_small_buffers();
	return 0;
}
