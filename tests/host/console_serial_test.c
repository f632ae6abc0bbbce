/* The driver of the serial line against a model of the 16550, and the type-ahead behind it. */

#include "servers/console/input.h"
#include "servers/console/ports.h"
#include "servers/console/serial.h"
#include "tests/host/console_machine.h"
#include "tests/host/host_check.h"

static struct serial serial;
static struct console_out out;
static struct input input;

_Noreturn void panic_at(const char *file, int number, const char *format, ...)
{
	printf("%s:%d: panic: %s\n", file, number, format);
	exit(1);
}

static void put(uint8_t byte)
{
	serial_write_ahead(&serial, 0, byte);
	serial_commit(&serial, 1);
}

static void put_text(const char *text)
{
	for (; *text != 0; text++) {
		put((uint8_t)*text);
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
	out = (struct console_out){0};
	machine.fast_serial = fast;
	serial_init(&serial, &out);
	CHECK_EQ(serial.present, 1);
}

/* The kernel writes to the port meanwhile: a byte would go to the divisor. */
static void serial_leaves_line_as_it_is(void)
{
	start_serial(true);
	CHECK_EQ(machine.line_writes, 0);
	CHECK_EQ(machine.fcr & 1, 1);
	CHECK_EQ(machine.ier, 1);
	CHECK_EQ(serial.fifo_depth, 16);
}

static void serial_absent_is_skipped(void)
{
	char byte;

	machine_reset();
	out = (struct console_out){0};
	machine.has_serial = false;
	serial_init(&serial, &out);
	CHECK_EQ(serial.present, 0);
	put_text("lost");
	CHECK_EQ(serial_next(&serial, (uint8_t *)&byte), 0);
	CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 1);
	CHECK_EQ(serial_room(&serial), CONSOLE_OUT_SIZE);
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
	for (int i = 0; i < (int)CONSOLE_OUT_SIZE; i++) {
		put((uint8_t)('a' + i % 26));
	}
	CHECK_EQ(serial_room(&serial), 0);
	serial_transmit(&serial);
	for (int step = 0; machine.sent_length < CONSOLE_OUT_SIZE; step++) {
		CHECK_EQ(serial_has_sent(&serial, serial_mark(&serial)), 0);
		CHECK_EQ(step < 2 * (int)CONSOLE_OUT_SIZE, 1);
		machine_send(1);
		CHECK_EQ(take_edge(bytes), 0);
	}
	for (; sent < CONSOLE_OUT_SIZE; sent++) {
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
	out = (struct console_out){0};
	machine_type("early", 5);
	serial_init(&serial, &out);
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
	for (int i = 0; i < (int)CONSOLE_OUT_SIZE + 64; i++) {
		taken += take_edge(bytes);
		machine_send(1);
	}
	CHECK_EQ(taken, typed);
	CHECK_EQ(out_used(&out), 0);
	CHECK_EQ(machine.overruns, 0);
}

/* What one console queued the next one sends, behind what already left. */
static void serial_goes_on_with_what_is_queued(void)
{
	start_serial(false);
	put_text("0123456789abcdefghij");
	serial_write_ahead(&serial, 0, 'x'); /* written ahead only: not part of it */
	CHECK_EQ(machine.sent_length < 20, 1);
	serial = (struct serial){0};
	serial_init(&serial, &out);
	serial_transmit(&serial);
	for (int i = 0; i < 40; i++) {
		char bytes[16];

		machine_send(1);
		take_edge(bytes);
	}
	CHECK_BYTES(machine.sent, machine.sent_length, "0123456789abcdefghij");
	CHECK_EQ(machine.overruns, 0);
}

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
	for (int i = 0; i < INPUT_RING_SIZE - 1; i++) { /* the last place is for the gap */
		CHECK_EQ(input_put(&input, 'x'), INPUT_KEPT);
	}
	CHECK_EQ(input_put(&input, 'y'), INPUT_LOST);
	CHECK_EQ(input_put(&input, 'y'), INPUT_IGNORED);
	CHECK_EQ(input_put(&input, 3), INPUT_INTERRUPT);
	CHECK_EQ(input_take(&input, &byte), 1);
	CHECK_EQ(input_take(&input, &byte), 1);
	CHECK_EQ(input_put(&input, 'z'), INPUT_KEPT);
	CHECK_EQ(input_put(&input, 'y'), INPUT_LOST);
	input_flush(&input);
	CHECK_EQ(input_take(&input, &byte), 0);
}

int main(void)
{
	static const struct host_test tests[] = {
		TEST(serial_leaves_line_as_it_is),
		TEST(serial_absent_is_skipped),
		TEST(serial_fast_needs_no_interrupt),
		TEST(serial_slow_sends_by_interrupt),
		TEST(serial_mark_is_passed_while_more_follows),
		TEST(serial_keeps_early_input),
		TEST(serial_no_edge_is_lost),
		TEST(serial_goes_on_with_what_is_queued),
		TEST(input_ends_lines_once),
		TEST(input_is_bounded),
	};

	return host_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
