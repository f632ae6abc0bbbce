/* The text screen, looked at as the display controller would. */

#include "servers/console/vga.h"
#include "tests/host/console_machine.h"
#include "tests/host/host_check.h"

static struct vga vga;
static uint16_t cells[VGA_MEMORY_CELLS];

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

static void print(const char *text)
{
	for (; *text != 0; text++) {
		vga_put(&vga, (uint8_t)*text);
	}
	vga_sync(&vga);
}

static unsigned crtc_pair(unsigned index)
{
	return machine.crtc[index] << 8 | machine.crtc[index + 1];
}

/* The row as the display controller shows it, trailing blanks cut. */
static const char *screen_row(unsigned row)
{
	static char text[VGA_COLUMNS + 1];
	unsigned start = crtc_pair(0x0C) + row * VGA_COLUMNS, length = 0;

	CHECK_EQ(start + VGA_COLUMNS <= VGA_MEMORY_CELLS, 1);
	for (unsigned i = 0; i < VGA_COLUMNS; i++) {
		text[i] = (char)(cells[start + i] & 0xFF);
		CHECK_EQ(cells[start + i] >> 8, 7);
		if (text[i] != ' ') {
			length = i + 1;
		}
	}
	text[length] = 0;
	return text;
}

#define CHECK_ROW(row, wanted) CHECK_BYTES(screen_row(row), strlen(screen_row(row)), wanted)

static void check_cursor(unsigned row, unsigned column)
{
	CHECK_EQ(crtc_pair(0x0E), crtc_pair(0x0C) + row * VGA_COLUMNS + column);
}

static void start_vga(void)
{
	machine_reset();
	memset(cells, 0xA5, sizeof(cells));
	machine.crtc[0x0D] = VGA_COLUMNS; /* somebody has scrolled */
	vga_init(&vga, cells);
	check_cursor(0, 0);
}

/* What the kernel printed at start-up stays. */
static void vga_goes_on_below(void)
{
	machine_reset();
	for (unsigned i = 0; i < VGA_MEMORY_CELLS; i++) {
		cells[i] = VGA_BLANK;
	}
	vga_init(&vga, cells);
	check_cursor(0, 0);
	cells[2 * VGA_COLUMNS + 79] = 0x0700 | 'k';
	vga_init(&vga, cells);
	check_cursor(3, 0);
	print("more");
	CHECK_ROW(3, "more");
	cells[24 * VGA_COLUMNS] = 0x0700 | 'z';
	vga_init(&vga, cells);
	check_cursor(24, 0);
	print("last");
	CHECK_ROW(2, "more");
	CHECK_ROW(23, "z");
	CHECK_ROW(24, "last");
}

static void vga_prints(void)
{
	start_vga();
	print("one\ntwo\rT\n\tthree\b\bE\a\001x");
	CHECK_ROW(0, "one");
	CHECK_ROW(1, "Two");
	CHECK_ROW(2, "        thrEx");
	CHECK_ROW(3, "");
	CHECK_ROW(24, "");
	check_cursor(2, 13);
}

static void vga_wraps(void)
{
	char full[VGA_COLUMNS + 1];

	start_vga();
	memset(full, 'x', VGA_COLUMNS);
	full[VGA_COLUMNS] = 0;
	print(full);
	check_cursor(0, 79);
	print("\nnext\n");
	CHECK_ROW(1, "next");
	print(full);
	print("yz\b\b\bX");
	CHECK_ROW(3, "yz");
	full[VGA_COLUMNS - 1] = 'X';
	CHECK_ROW(2, full);
	print("w");
	CHECK_ROW(3, "wz");
	print("\033[K\tq\033[99C!\rv");
	CHECK_EQ(strlen(screen_row(3)), VGA_COLUMNS);
	CHECK_EQ(memcmp(screen_row(3), "v       q   ", 12), 0);
}

static void vga_back_stops_at_the_top(void)
{
	start_vga();
	print("\b\b\033[5Dok");
	CHECK_ROW(0, "ok");
}

static void vga_obeys_sequences(void)
{
	start_vga();
	print("hello\033[2D\033[K\n");
	CHECK_ROW(0, "hel");
	print("hello\033[D\033[D\033[1K\n");
	CHECK_ROW(1, "    o");
	print("hello\033[2K!\n");
	CHECK_ROW(2, "     !");
	print("a\033[1;31mb\033[0mc\033[3Cd\033[?25le\033[99999999999999Df\n");
	CHECK_ROW(3, "fbc   de");
	print("a\033xb\033[\nc\n");
	CHECK_ROW(4, "ab");
	CHECK_ROW(5, "c");
}

static void vga_scrolls_forever(void)
{
	char text[32];

	start_vga();
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "line %d\n", i);
		print(text);
		if (i < VGA_ROWS) {
			continue;
		}
		for (int row = 0; row < VGA_ROWS - 1; row++) {
			snprintf(text, sizeof(text), "line %d", i - (VGA_ROWS - 2) + row);
			CHECK_ROW(row, text);
		}
		CHECK_ROW(VGA_ROWS - 1, "");
		check_cursor(VGA_ROWS - 1, 0);
	}
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(vga_prints),          TEST(vga_goes_on_below),
		TEST(vga_wraps),           TEST(vga_back_stops_at_the_top),
		TEST(vga_obeys_sequences), TEST(vga_scrolls_forever),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
