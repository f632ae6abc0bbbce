/* The console's drivers against a model of their devices: serial line, keyboard, screen. */

#include "servers/console/input.h"
#include "servers/console/keyboard.h"
#include "servers/console/serial.h"
#include "servers/console/vga.h"
#include "tests/host/console_machine.h"
#include "tests/host/host_check.h"

static struct serial serial;
static struct keyboard keyboard;
static struct vga vga;
static struct input input;
static uint16_t cells[VGA_MEMORY_CELLS];

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

/* ---- serial line */

static void put_text(const char *text)
{
	for (; *text != 0; text++) {
		serial_put(&serial, (uint8_t)*text);
	}
	serial_transmit(&serial);
}

/* What an interrupt does: nothing may come if there was no edge. */
static unsigned take_edge(char *bytes)
{
	unsigned count = 0;

	if (machine.irqs & (1u << SERIAL_IRQ)) {
		machine.irqs = 0;
		while (serial_next(&serial, (uint8_t *)&bytes[count])) {
			count++;
		}
		CHECK_EQ(machine.serial_line, 0);
	}
	return count;
}

static void start_serial(bool fast)
{
	machine_reset();
	machine.fast_serial = fast;
	serial_init(&serial);
	CHECK_EQ(serial.present, 1);
}

static void serial_sets_line(void)
{
	start_serial(true);
	CHECK_EQ(machine.divisor, 1);
	CHECK_EQ(machine.lcr, 3);
	CHECK_EQ(machine.fcr & 1, 1);
	CHECK_EQ(machine.mcr, 0x0B);
	CHECK_EQ(machine.ier, 1);
	CHECK_EQ(serial.fifo_depth, 16);
}

static void serial_absent_is_skipped(void)
{
	char byte;

	machine_reset();
	machine.has_serial = false;
	serial_init(&serial);
	CHECK_EQ(serial.present, 0);
	put_text("lost");
	CHECK_EQ(serial_next(&serial, (uint8_t *)&byte), 0);
	CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 1);
	CHECK_EQ(serial_room(&serial), SERIAL_RING_SIZE);
}

static void serial_fast_needs_no_interrupt(void)
{
	start_serial(true);
	put_text("a text longer than the sixteen bytes of the FIFO");
	CHECK_BYTES(machine.sent, machine.sent_length,
	            "a text longer than the sixteen bytes of the FIFO");
	CHECK_EQ(machine.irqs, 0);
	CHECK_EQ(machine.ier, 1);
	CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 1);
}

static void serial_slow_sends_by_interrupt(void)
{
	char bytes[16];
	uint32_t sent = 0;

	start_serial(false);
	for (int i = 0; i < SERIAL_RING_SIZE; i++) {
		serial_put(&serial, (uint8_t)('a' + i % 26));
	}
	CHECK_EQ(serial_room(&serial), 0);
	serial_transmit(&serial);
	for (int step = 0; machine.sent_length < SERIAL_RING_SIZE; step++) {
		CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 0);
		CHECK_EQ(step < 2 * SERIAL_RING_SIZE, 1);
		machine_send(1);
		CHECK_EQ(take_edge(bytes), 0);
	}
	for (; sent < SERIAL_RING_SIZE; sent++) {
		CHECK_EQ(machine.sent[sent], 'a' + (int)sent % 26);
	}
	CHECK_EQ(machine.overruns, 0);
	CHECK_EQ(machine.ier, 1);
	CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 1);
}

static void serial_mark_is_passed_while_more_follows(void)
{
	uint32_t mark;
	char bytes[16];

	start_serial(false);
	put_text("before");
	mark = serial_mark(&serial);
	for (int i = 0; i < 40; i++) {
		put_text("after ");
	}
	CHECK_EQ(serial_has_sent(&serial, mark), 0);
	for (int i = 0; i < 80; i++) {
		machine_send(1);
		take_edge(bytes);
	}
	CHECK_EQ(serial_has_sent(&serial, mark), 1);
	CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 0);
}

static void serial_keeps_early_input(void)
{
	char bytes[16];

	machine_reset();
	machine_type("early", 5);
	serial_init(&serial);
	machine.irqs |= 1u << SERIAL_IRQ;
	CHECK_EQ(take_edge(bytes), 5);
	CHECK_BYTES(bytes, 5, "early");
}

static void serial_no_edge_is_lost(void)
{
	char bytes[256];
	uint32_t seed = 1, typed = 0, taken = 0;

	start_serial(false);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		switch ((seed >> 16) % 4) {
		case 0:
			machine_type("xyz", 3);
			typed += 3;
			break;
		case 1:
			if (serial_room(&serial) > 4) {
				put_text("word");
			}
			break;
		case 2: machine_send(1 + (seed >> 20) % 20); break;
		case 3: taken += take_edge(bytes); break;
		}
	}
	for (int i = 0; i < SERIAL_RING_SIZE + 64; i++) {
		taken += take_edge(bytes);
		machine_send(1);
	}
	CHECK_EQ(taken, typed);
	CHECK_EQ(ring_used(&serial.out), 0);
	CHECK_EQ(machine.overruns, 0);
}

/* ---- type-ahead */

static void input_ends_lines_once(void)
{
	static const char typed[] = "a\rb\r\nc\n\r\r\n\n";
	char taken[16];
	unsigned count = 0;

	input_init(&input);
	for (unsigned i = 0; i < sizeof(typed) - 1; i++) {
		input_put(&input, (uint8_t)typed[i]);
	}
	while (input_take(&input, (uint8_t *)&taken[count])) {
		count++;
	}
	CHECK_BYTES(taken, count, "a\nb\nc\n\n\n\n");
}

static void input_is_bounded(void)
{
	uint8_t byte;

	input_init(&input);
	for (int i = 0; i < INPUT_RING_SIZE; i++) {
		CHECK_EQ(input_put(&input, 'x'), INPUT_KEPT);
	}
	CHECK_EQ(input_put(&input, 'y'), INPUT_LOST);
	CHECK_EQ(input_put(&input, 'y'), INPUT_IGNORED);
	CHECK_EQ(input_put(&input, 3), INPUT_INTERRUPT);
	CHECK_EQ(input_take(&input, &byte), 1);
	CHECK_EQ(input_put(&input, 'z'), INPUT_KEPT);
	CHECK_EQ(input_put(&input, 'y'), INPUT_LOST);
	input_flush(&input);
	CHECK_EQ(input_take(&input, &byte), 0);
}

/* ---- keyboard */

static char typed[256];

/* Leaves what the codes yield in typed, zero terminated. */
static void press(const char *codes, unsigned count)
{
	unsigned length = 0;

	machine_press((const uint8_t *)codes, count);
	CHECK_EQ(machine.irqs, 1u << KEYBOARD_IRQ);
	machine.irqs = 0;
	while (keyboard_next(&keyboard, (uint8_t *)&typed[length])) {
		length++;
	}
	typed[length] = 0;
}

#define CHECK_PRESSED(codes, wanted)                                                               \
	do {                                                                                       \
		press(codes, sizeof(codes) - 1);                                                   \
		CHECK_BYTES(typed, strlen(typed), wanted);                                         \
	} while (0)

static void start_keyboard(void)
{
	machine_reset();
	machine.config = 0x20 | 0x10 | 0x02;
	machine_press((const uint8_t *)"\x1e\x9e", 2); /* left over from before */
	keyboard_init(&keyboard);
	CHECK_EQ(keyboard.present, 1);
	CHECK_EQ(machine.config, 0x40 | 0x20 | 0x01);
	CHECK_EQ(machine.keyboard_off, 0);
	machine.irqs = 0;
	CHECK_PRESSED("", ""); /* the answer to "enable scanning" yields nothing */
}

static void keyboard_types(void)
{
	start_keyboard();
	CHECK_PRESSED("\x23\xa3\x12\x92\x26\xa6\x26\xa6\x18\x98", "hello");
	CHECK_PRESSED("\x02\x82\x0b\x8b\x39\xb9\x1c\x9c\x0e\x8e\x0f\x8f\x01\x81", "10 \n\b\t\033");
	CHECK_PRESSED("\x28\x29\x2b\x33\x34\x35\x1a\x1b\x27\x0c\x0d", "'`\\,./[];-=");
	CHECK_PRESSED("\x10\x19\x1e\x26\x2c\x32", "qpalzm");
	CHECK_PRESSED("\x37\x4a\x4e\x47\x52\x53", "*-+70.");
	CHECK_PRESSED("\x3b\x44\x45\x46\x57\x58\x7f\x38\xb8", "");
}

static void keyboard_shifts(void)
{
	start_keyboard();
	CHECK_PRESSED("\x2a\x1e\x02\xaa\x1e", "A!a");
	CHECK_PRESSED("\x36\x28\x29\x2b\x33\x34\x35\xb6\x35", "\"~|<>?/");
	CHECK_PRESSED("\x2a\x36\xaa\x1e\xb6\x1e", "Aa");
	CHECK_PRESSED("\x3a\xba\x1e\x02\x2a\x1e\x02\xaa\x3a\xba\x1e", "A1a!a");
}

static void keyboard_controls(void)
{
	start_keyboard();
	CHECK_PRESSED("\x1d\x2e\x20\x9d\x2e", "\003\004c");
	CHECK_PRESSED("\xe0\x1d\x1e\xe0\x9d\x1e", "\001a");
	CHECK_PRESSED("\x1d\x3a\xba\x2e\x9d\x3a\xba", "\003");
	CHECK_PRESSED("\x1d\x02\x9d", "1");
}

static void keyboard_extended(void)
{
	start_keyboard();
	CHECK_PRESSED("\xe0\x48\xe0\xc8", "\033[A");
	CHECK_PRESSED("\xe0\x2a\xe0\x50\xe0\xd0\xe0\xaa", "\033[B");
	CHECK_PRESSED("\xe0\x4d\xe0\x4b\xe0\x47\xe0\x4f\xe0\x53",
	              "\033[C\033[D\033[H\033[F\033[3~");
	CHECK_PRESSED("\xe0\x35\xe0\x1c", "/\n");
	CHECK_PRESSED("\xe0\x49\xe0\x5b\xe0\x38", "");
	CHECK_PRESSED("\xe1\x1d\x45\xe1\x9d\xc5\x1e", "a");
}

static void keyboard_absent_does_not_hang(void)
{
	uint8_t byte;

	machine_reset();
	machine.has_keyboard = false;
	keyboard_init(&keyboard);
	CHECK_EQ(keyboard.present, 0);
	CHECK_EQ(keyboard_next(&keyboard, &byte), 0);
	machine_reset();
	machine.deaf_keyboard = true;
	keyboard_init(&keyboard);
	CHECK_EQ(keyboard.present, 0);
	CHECK_EQ(machine.port_reads < 100000, 1);
}

/* ---- screen */

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
	vga_init(&vga, cells);
	check_cursor(0, 0);
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
		{"serial_sets_line", serial_sets_line},
		{"serial_absent_is_skipped", serial_absent_is_skipped},
		{"serial_fast_needs_no_interrupt", serial_fast_needs_no_interrupt},
		{"serial_slow_sends_by_interrupt", serial_slow_sends_by_interrupt},
		{"serial_mark_is_passed_while_more_follows",
	         serial_mark_is_passed_while_more_follows},
		{"serial_keeps_early_input", serial_keeps_early_input},
		{"serial_no_edge_is_lost", serial_no_edge_is_lost},
		{"input_ends_lines_once", input_ends_lines_once},
		{"input_is_bounded", input_is_bounded},
		{"keyboard_types", keyboard_types},
		{"keyboard_shifts", keyboard_shifts},
		{"keyboard_controls", keyboard_controls},
		{"keyboard_extended", keyboard_extended},
		{"keyboard_absent_does_not_hang", keyboard_absent_does_not_hang},
		{"vga_prints", vga_prints},
		{"vga_wraps", vga_wraps},
		{"vga_back_stops_at_the_top", vga_back_stops_at_the_top},
		{"vga_obeys_sequences", vga_obeys_sequences},
		{"vga_scrolls_forever", vga_scrolls_forever},
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
