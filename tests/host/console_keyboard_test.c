/* The keyboard driver against a model of the controller: scan codes in, bytes out. */

#include "servers/console/keyboard.h"
#include "tests/host/console_machine.h"
#include "tests/host/host_check.h"

static struct keyboard keyboard;

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

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

int main(void)
{
	static const struct host_test tests[] = {
		TEST(keyboard_types),
		TEST(keyboard_shifts),
		TEST(keyboard_controls),
		TEST(keyboard_extended),
		TEST(keyboard_absent_does_not_hang),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
