/* strtol: signs, prefixes, bases, where it stops, and what it does beyond the limits. */
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

#include <limits.h>

static void check_number(const char *text, int base, long wanted, int used)
{
	char *end;

	CHECK_EQ(strtol(text, &end, base), wanted);
	CHECK_EQ(end - text, used);
}

static void check_bases(void)
{
	check_number("42", 10, 42, 2);
	check_number("  -42x", 10, -42, 5);
	check_number("+7", 0, 7, 2);
	check_number("0x1f", 0, 31, 4);
	check_number("0X1F", 16, 31, 4);
	check_number("1f", 16, 31, 2);
	check_number("017", 0, 15, 3);
	check_number("08", 0, 0, 1);
	check_number("101", 2, 5, 3);
	check_number("zZ", 36, 35 * 36 + 35, 2);
}

static void check_ends(void)
{
	check_number("", 10, 0, 0);
	check_number("abc", 10, 0, 0);
	check_number("  -", 10, 0, 0);
	check_number("0x", 0, 0, 1);
	check_number("0xg", 16, 0, 1);
	check_number("12 34", 10, 12, 2);
	check_number("1", 1, 0, 0);
	check_number("1", 37, 0, 0);
}

static void check_limits(void)
{
	check_number("2147483647", 10, LONG_MAX, 10);
	check_number("2147483648", 10, LONG_MAX, 10);
	check_number("-2147483648", 10, LONG_MIN, 11);
	check_number("-2147483649", 10, LONG_MIN, 11);
	check_number("99999999999999999999", 10, LONG_MAX, 20);
	check_number("-0xffffffffffff", 16, LONG_MIN, 15);
}

int main(void)
{
	check_bases();
	check_ends();
	check_limits();
	CHECK_EQ(strtol("12", NULL, 10), 12);
	CHECK_EQ(atoi("-17 apples"), -17);
	return 0;
}
