/* The functions of libsys/string.h do what ISO C says, at every alignment and overlap. */
#include "tests/guest/check.h"

enum { AREA = 96, LONGEST = 40 };

static void fill_pattern(uint8_t *area)
{
	for (int i = 0; i < AREA; i++) {
		area[i] = (uint8_t)(i * 7 + 1);
	}
}

static void check_move(int from, int to, int length)
{
	uint8_t area[AREA], wanted[AREA];

	fill_pattern(area);
	fill_pattern(wanted);
	for (int i = 0; i < length; i++) {
		wanted[to + i] = (uint8_t)((from + i) * 7 + 1);
	}
	CHECK(memmove(area + to, area + from, length) == area + to);
	for (int i = 0; i < AREA; i++) {
		CHECK_EQ(area[i], wanted[i]);
	}
}

static void check_moves(void)
{
	for (int from = 0; from < 12; from++) {
		for (int to = 0; to < 12; to++) {
			for (int length = 0; length <= LONGEST; length++) {
				check_move(from, to, length);
			}
		}
	}
}

static void check_copies_and_fills(void)
{
	uint8_t area[AREA], copy[AREA];

	fill_pattern(area);
	for (int start = 0; start < 8; start++) {
		for (int length = 0; length <= LONGEST; length++) {
			CHECK(memset(copy, 0xEE, AREA) == copy);
			CHECK(memcpy(copy + start, area + 3, length) == copy + start);
			CHECK_EQ(memcmp(copy + start, area + 3, length), 0);
			CHECK_EQ(copy[start + length], 0xEE);
			CHECK(memset(copy + start, 0x1FF, length) == copy + start);
			CHECK(length == 0 || copy[start + length - 1] == 0xFF);
			CHECK_EQ(copy[start + length], 0xEE);
			CHECK(start == 0 || copy[start - 1] == 0xEE);
		}
	}
}

static void check_comparisons(void)
{
	CHECK_EQ(strcmp("abc", "abc"), 0);
	CHECK(strcmp("abc", "abd") < 0);
	CHECK(strcmp("abc", "ab") > 0);
	CHECK(strcmp("\x80", "\x01") > 0);
	CHECK_EQ(strncmp("abcx", "abcy", 3), 0);
	CHECK(strncmp("abcx", "abcy", 4) < 0);
	CHECK_EQ(strncmp("ab", "ab", 100), 0);
	CHECK_EQ(strncmp("a", "b", 0), 0);
	CHECK(memcmp("\xff", "\x01", 1) > 0);
	CHECK_EQ(memcmp("a", "b", 0), 0);
}

static void check_searches(void)
{
	const char *text = "hello, hallo";

	CHECK_EQ(strlen(text), 12);
	CHECK_EQ(strnlen(text, 5), 5);
	CHECK_EQ(strnlen(text, 50), 12);
	CHECK(strchr(text, 'l') == text + 2);
	CHECK(strchr(text, '\0') == text + 12);
	CHECK(strchr(text, 'z') == NULL);
	CHECK(strrchr(text, 'l') == text + 10);
	CHECK(strrchr(text, '\0') == text + 12);
	CHECK(strrchr(text, 'z') == NULL);
	CHECK(strstr(text, "hal") == text + 7);
	CHECK(strstr(text, "") == text);
	CHECK(strstr(text, "hallow") == NULL);
	CHECK(memchr(text, 'o', 12) == text + 4);
	CHECK(memchr(text, 'o', 4) == NULL);
}

static void check_strlcpy(void)
{
	char text[4] = "???";

	CHECK_EQ(strlcpy(text, "ab", sizeof(text)), 2);
	CHECK_TEXT(text, "ab");
	CHECK_EQ(strlcpy(text, "abcdef", sizeof(text)), 6);
	CHECK_TEXT(text, "abc");
	CHECK_EQ(strlcpy(text, "x", 0), 1);
	CHECK_TEXT(text, "abc");
}

int main(void)
{
	check_moves();
	check_copies_and_fills();
	check_comparisons();
	check_searches();
	check_strlcpy();
	return 0;
}
