/* Numbers, seconds and lines of words as the shell and the programs take them. */
#include "libsys/args.h"
#include "tests/guest/check.h"

enum { WORDS_MAX = 8 };

static void check_numbers(void)
{
	int number;

	CHECK(args_number("42", 0, 100, &number) && number == 42);
	CHECK(args_number("0", 0, 0, &number) && number == 0);
	CHECK(!args_number("101", 0, 100, &number));
	CHECK(!args_number("-1", 0, 100, &number));
	CHECK(!args_number("", 0, 100, &number));
	CHECK(!args_number("1x", 0, 100, &number));
	CHECK(!args_number("abc", 0, 100, &number));
}

static void check_seconds(void)
{
	uint32_t ms;

	CHECK(args_seconds("2", &ms) && ms == 2000);
	CHECK(args_seconds("0.2", &ms) && ms == 200);
	CHECK(args_seconds(".05", &ms) && ms == 50);
	CHECK(args_seconds("1.23456", &ms) && ms == 1234);
	CHECK(args_seconds("1000000", &ms) && ms == 1000000000);
	CHECK(args_seconds("7.", &ms) && ms == 7000);
	CHECK(!args_seconds("1000001", &ms));
	CHECK(!args_seconds("99999999999999", &ms));
	CHECK(!args_seconds(".", &ms));
	CHECK(!args_seconds("", &ms));
	CHECK(!args_seconds("-1", &ms));
	CHECK(!args_seconds("1.2.3", &ms));
}

/* Splits `text`; the words and separators, each in brackets, must be `wanted`. */
static void check_split(const char *text, const char *wanted)
{
	char line[64], got[128] = "";
	char *words[WORDS_MAX];
	int count;

	strlcpy(line, text, sizeof(line));
	count = args_split(line, words, WORDS_MAX);
	CHECK(count >= 0);
	for (int i = 0; i < count; i++) {
		size_t used = strlen(got);
		const char *form = "[%s]";

		if (words[i] == args_background || words[i] == args_sequence) {
			form = "<%s>";
		}
		snprintf(got + used, sizeof(got) - used, form, words[i]);
	}
	CHECK_TEXT(got, wanted);
}

static void check_refused(const char *text, int wanted)
{
	char line[64];
	char *words[WORDS_MAX];

	strlcpy(line, text, sizeof(line));
	CHECK_EQ(args_split(line, words, WORDS_MAX), wanted);
}

int main(void)
{
	check_numbers();
	check_seconds();
	check_split("", "");
	check_split("  \t ", "");
	check_split("a bc  d ", "[a][bc][d]");
	check_split("a&b;c", "[a]<&>[b]<;>[c]");
	check_split("a & b", "[a]<&>[b]");
	check_split("&;", "<&><;>");
	check_split("'a b' \"c;d&\"", "[a b][c;d&]");
	check_split("x'y z'w \"it's\"", "[xy zw][it's]");
	check_split("a '' b", "[a][][b]");
	check_split("1 2 3 4 5 6 7", "[1][2][3][4][5][6][7]");
	check_refused("1 2 3 4 5 6 7 8", E_TOO_BIG);
	check_refused(";;;;;;;;;", E_TOO_BIG);
	check_refused("a 'b", E_INVAL);
	check_refused("\"", E_INVAL);
	return 0;
}
