/* Debug output on the first serial line (16550, polled) and on the screen (screen.c), formatted
 * printing. No locks: lines of several CPUs may mix. */
#include "kernel/base/debug.h"

#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"

enum { SCRATCH = COM1 + 7 };

bool debug_quiet, debug_monitor, debug_serial;
void (*panic_handler)(const struct trapframe *, const char *, va_list);

INIT void debug_init(void)
{
	outb(SCRATCH, 0x5A);
	debug_serial = inb(SCRATCH) == 0x5A;
}

/* False if the line is stuck. */
static bool put_char(char c)
{
	uint32_t i = 0;

	if (looks.screen_put) {
		looks.screen_put(c);
	}
	if (!debug_serial) {
		return true;
	}
	while (i < SPIN_MAX && !(inb(LINE_STATUS) & CAN_SEND)) {
		pause();
		i++;
	}
	outb(COM1, c);
	return i < SPIN_MAX;
}

void debug_write(const char *bytes, uint32_t length)
{
	bool ok = true;

	for (uint32_t i = 0; i < length && ok; i++) {
		if (bytes[i] == '\n') {
			put_char('\r');
		}
		ok = put_char(bytes[i]);
	}
}

/* ---- formatted ---- */

static void put_number(uint32_t value, uint32_t base, int width, char pad)
{
	if (value >= base) {
		put_number(value / base, base, width - 1, pad);
	} else {
		for (; width > 1; width--) {
			put_char(pad);
		}
	}
	put_char("0123456789abcdef"[value % base]);
}

static const char *put_conversion(const char *f, va_list *args)
{
	char pad = *f == '0' ? '0' : ' ';
	int width = 0;
	const char *text;

	while (*f >= '0' && *f <= '9') {
		width = width * 10 + *f++ - '0';
	}
	switch (*f) {
	case 's':
		for (text = va_arg(*args, const char *); *text; text++) {
			put_char(*text);
		}
		break;
	case 'u': put_number(va_arg(*args, uint32_t), 10, width, pad); break;
	case 'x': put_number(va_arg(*args, uint32_t), 16, width, pad); break;
	default: put_char(*f);
	}
	return f + 1;
}

static void print_format(const char *f, va_list *args)
{
	while (*f) {
		if (*f == '%') {
			f = put_conversion(f + 1, args);
		} else {
			debug_write(f++, 1);
		}
	}
}

void debug_vprintf(const char *format, va_list args)
{
	print_format(format, (va_list *)&args);
}

void debug_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_format(format, &args);
	va_end(args);
}

/* ---- the end ---- */

void machine_halt(void)
{
	for (;;) {
		asm volatile("cli; hlt");
	}
}

void machine_exit(uint8_t status)
{
	outb(DEBUG_EXIT, status);
	machine_halt();
}
