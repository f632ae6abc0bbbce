/* The line editor and its history: keys in, bytes shown and lines out. What is shown goes through a
 * little terminal of one endless line too, which must always agree with the editor. */

#include "servers/console/line.h"
#include "tests/host/host_check.h"

enum { PLACES = 4096 };

static struct line line;
static char shown[1 << 16];
static unsigned shown_length;
static char places[PLACES]; /* the terminal */
static unsigned place;

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

static void show_byte(char c)
{
	if (c == '\b') {
		CHECK_EQ(place > 0, 1);
		place--;
	} else if (c == '\n') {
		memset(places, ' ', sizeof(places));
		place = 0;
	} else if (c != '\a') {
		CHECK_EQ(c >= ' ' && c < 0x7F, 1);
		places[place++] = c;
	}
}

static void emit(void *context, const char *bytes, unsigned length)
{
	CHECK_EQ(context == &line, 1);
	memcpy(shown + shown_length, bytes, length);
	shown_length += length;
	for (unsigned i = 0; i < length; i++) {
		show_byte(bytes[i]);
	}
}

static void check_terminal(void)
{
	CHECK_EQ(place, line.cursor);
	CHECK_EQ(memcmp(places, line.text, line.length), 0);
	CHECK_EQ(places[line.length], ' ');
	CHECK_EQ(places[line.length + 1], ' ');
}

static enum line_event keys_of(const char *keys, unsigned length)
{
	enum line_event event = LINE_EDITING;

	shown_length = 0;
	for (unsigned i = 0; i < length; i++) {
		unsigned before = shown_length;

		event = line_key(&line, (uint8_t)keys[i]);
		CHECK_EQ(shown_length - before <= LINE_EMIT_MAX, 1);
		if (event == LINE_DONE) {
			CHECK_EQ(i, length - 1);
			break;
		}
		check_terminal();
	}
	return event;
}

static enum line_event keys(const char *text)
{
	return keys_of(text, strlen(text));
}

static void start(void)
{
	memset(places, ' ', sizeof(places));
	line_init(&line, emit, &line);
}

static void enter(const char *text, const char *wanted)
{
	CHECK_EQ(keys(text), LINE_DONE);
	CHECK_BYTES(line.text, line.length, wanted);
	line_reset(&line);
}

static void fill(unsigned length, char c)
{
	for (unsigned i = 0; i < length; i++) {
		keys_of(&c, 1);
	}
}

static void echoes_and_ends(void)
{
	start();
	CHECK_EQ(keys("hello\n"), LINE_DONE);
	CHECK_BYTES(shown, shown_length, "hello\n");
	CHECK_BYTES(line.text, line.length, "hello");
	line_reset(&line);
	enter("\n", "");
}

static void erases_backwards(void)
{
	start();
	CHECK_EQ(keys("ab\b"), LINE_EDITING);
	CHECK_BYTES(shown, shown_length, "ab\b \b");
	enter("\177\177c\n", "c");
}

static void inserts_in_the_middle(void)
{
	start();
	keys("hllo\033[D\033[D\033[D");
	keys("e");
	CHECK_BYTES(shown, shown_length, "ello\b\b\b");
	enter("\n", "hello");
	enter("world\001hello \005!\n", "hello world!");
	enter("ac\033OD\033OC\033ODb\n", "abc");
	enter("bd\033[Ha\033[1~\033[C\033[Cc\033[Fe\033[4~f\n", "abcdef");
}

static void kills_line_and_words(void)
{
	start();
	keys("one two\025");
	CHECK_EQ(line.length, 0);
	enter("x\n", "x");
	enter("one two  \027three\n", "one three");
	enter("one two\027\027\027\027three\n", "three");
	enter("one two\033[D\033[D\025\n", "wo");
	enter("one two\033[D\033[D\027\n", "one wo");
}

static void erases_forwards(void)
{
	start();
	enter("abc\001\033[3~\n", "bc");
	enter("abc\001\004\005\004\033[3~\n", "bc");
	CHECK_EQ(keys("\004"), LINE_END);
	CHECK_EQ(shown_length, 0);
}

static void ignores_the_rest(void)
{
	static const char noise[] = "a\007\006\016\t\013\014\r\033[5~\033[Z\033x\033[1;5x\200\377b";

	start();
	CHECK_EQ(keys_of(noise, sizeof(noise) - 1), LINE_EDITING);
	enter("\n", "ab");
	enter("a\033\n", "a");
	enter("a\033[12\n", "a");
	enter("a\033[99999999999999999999~b\n", "ab");
}

static void rings_when_full(void)
{
	static char full[LINE_LENGTH_MAX + 1];

	start();
	memset(full, 'x', LINE_LENGTH_MAX);
	fill(LINE_LENGTH_MAX, 'x');
	keys("y");
	CHECK_BYTES(shown, shown_length, "\a");
	keys("\001z");
	CHECK_EQ(shown[shown_length - 1], '\a');
	keys("\005\025");
	fill(LINE_LENGTH_MAX, 'x');
	keys("\001\033[3~w\033[3~v\005");
	keys("\001\025\033[C\033[D\005\033[D\025\025\005\177");
	CHECK_EQ(line.length, 0);
	fill(LINE_LENGTH_MAX, 'x');
	enter("\n", full);
}

static void history_recalls(void)
{
	start();
	enter("one\n", "one");
	enter("two\n", "two");
	enter("two\n", "two");
	enter("\n", "");
	keys("dra");
	keys("\033[A");
	CHECK_BYTES(line.text, line.length, "two");
	keys("\033[A");
	CHECK_BYTES(line.text, line.length, "one");
	keys("\033[A");
	CHECK_BYTES(shown, shown_length, "\a");
	CHECK_BYTES(line.text, line.length, "one");
	keys("\033[B\033[B");
	CHECK_BYTES(line.text, line.length, "dra");
	keys("\033[B");
	CHECK_EQ(shown_length, 0);
	enter("ft\n", "draft");
	enter("\033[A\033[A\b\bwin\n", "twin");
	enter("\033[A\033[A\033[A\n", "two");
}

static void history_keeps_sixteen(void)
{
	char text[16], wanted[16];

	start();
	keys("\033[A");
	CHECK_BYTES(shown, shown_length, "\a");
	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "n%d\n", i);
		snprintf(wanted, sizeof(wanted), "n%d", i);
		enter(text, wanted);
	}
	for (int i = 39; i >= 24; i--) {
		snprintf(wanted, sizeof(wanted), "n%d", i);
		keys("\033[A");
		CHECK_BYTES(line.text, line.length, wanted);
	}
	keys("\033[A");
	CHECK_BYTES(shown, shown_length, "\a");
	enter("\n", "n24");
}

static void shows_again(void)
{
	start();
	keys("hello\033[D\033[D");
	place = 0;
	memset(places, ' ', sizeof(places));
	shown_length = 0;
	line_show(&line);
	CHECK_BYTES(shown, shown_length, "hello\b\b");
	check_terminal();
	enter("X\n", "helXlo");
	shown_length = 0;
	line_show(&line);
	CHECK_EQ(shown_length, 0);
}

static void random_keys_keep_agreeing(void)
{
	static const char *const typed[] = {
		"\033[A", "\033[B", "\033[C", "\033[D", "\033[H",      "\033[F", "\033[3~",
		"\b",     "\025",   "\027",   "\001",   "\005",        "\004",   "word ",
		"a",      "bb",     " ",      "\033",   "longer text", "\n",     "xyzzy plugh",
	};
	unsigned seed = 12345;

	start();
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1103515245 + 12345;
		enum line_event event =
			keys(typed[(seed >> 16) % (sizeof(typed) / sizeof(typed[0]))]);

		if (event == LINE_DONE || event == LINE_TOO_LONG) {
			line_reset(&line);
		}
	}
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(echoes_and_ends),           TEST(erases_backwards),
		TEST(inserts_in_the_middle),     TEST(kills_line_and_words),
		TEST(erases_forwards),           TEST(ignores_the_rest),
		TEST(rings_when_full),           TEST(history_recalls),
		TEST(history_keeps_sixteen),     TEST(shows_again),
		TEST(random_keys_keep_agreeing),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
