/* The formatter: conversions, widths, precisions; vsnprintf and snprintf on top.
 *
 * A conversion is parsed into a struct spec, its argument becomes a field (sign, zeros, body), and
 * emit_field pads the field. An unknown conversion is printed as it stands, so that a
 * mistake in a format shows and takes no argument. No state, no memory, no system calls. */
#include "libsys/format.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

enum { DIGITS_MAX = 22 }; /* 2^64 in octal */

enum { NO_PRECISION = -1 };

struct spec {
	bool left, zero;
	int width, precision;
	int longs; /* 1: l or z, 2: ll, -1: h, -2: hh */
};

struct field {
	bool minus;
	int zeros; /* between sign and body */
	const char *body;
	int length; /* of body */
};

struct writer {
	format_put_fn *put;
	void *context;
	int count;
	va_list args;
};

static void emit(struct writer *writer, char c)
{
	writer->put(writer->context, c);
	writer->count++;
}

static void emit_times(struct writer *writer, char c, int times)
{
	for (int i = 0; i < times; i++) {
		emit(writer, c);
	}
}

static void emit_field(struct writer *writer, const struct spec *spec, const struct field *field)
{
	int padding = spec->width - field->length - field->zeros - (field->minus ? 1 : 0);

	if (!spec->left) {
		emit_times(writer, ' ', padding);
	}
	if (field->minus) {
		emit(writer, '-');
	}
	emit_times(writer, '0', field->zeros);
	for (int i = 0; i < field->length; i++) {
		emit(writer, field->body[i]);
	}
	if (spec->left) {
		emit_times(writer, ' ', padding);
	}
}

/* Writes the digits so that they end before `end`; returns the first of them. */
static char *write_digits(char *end, uint64_t value, unsigned base, const char *digits)
{
	while (value > UINT32_MAX) {
		*--end = digits[value % base];
		value /= base;
	}
	/* The low half goes without 64-bit division. */
	for (uint32_t low = (uint32_t)value; low > 0; low /= base) {
		*--end = digits[low % base];
	}
	return end;
}

static void emit_number(struct writer *writer, const struct spec *spec, uint64_t value, bool minus,
                        unsigned base, const char *digits)
{
	char text[DIGITS_MAX];
	char *first = write_digits(text + DIGITS_MAX, value, base, digits);
	struct field field = {.minus = minus, .body = first};
	int wanted = spec->precision;

	field.length = text + DIGITS_MAX - first;
	if (wanted == NO_PRECISION) {
		wanted = 1;
		if (spec->zero && !spec->left) {
			wanted = spec->width - (minus ? 1 : 0);
			wanted = wanted < 1 ? 1 : wanted;
		}
	}
	if (wanted > field.length) {
		field.zeros = wanted - field.length;
	}
	emit_field(writer, spec, &field);
}

/* h and hh arguments travel as int, which must be read like long. */
_Static_assert(sizeof(long) == sizeof(int), "one size below long long");

static int64_t next_signed(struct writer *writer, const struct spec *spec)
{
	if (spec->longs >= 2) {
		return va_arg(writer->args, long long);
	}

	long value = va_arg(writer->args, long);

	switch (spec->longs) {
	case -1: return (short)value;
	case -2: return (signed char)value;
	default: return value;
	}
}

static uint64_t next_unsigned(struct writer *writer, const struct spec *spec)
{
	if (spec->longs >= 2) {
		return va_arg(writer->args, unsigned long long);
	}

	unsigned long value = va_arg(writer->args, unsigned long);

	switch (spec->longs) {
	case -1: return (unsigned short)value;
	case -2: return (unsigned char)value;
	default: return value;
	}
}

static void emit_signed(struct writer *writer, const struct spec *spec, int64_t value)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	emit_number(writer, spec, magnitude, value < 0, 10, "0123456789");
}

static void emit_text(struct writer *writer, const struct spec *spec, const char *text)
{
	struct field field = {.body = text != NULL ? text : "(null)"};

	if (spec->precision == NO_PRECISION) {
		field.length = strlen(field.body);
	} else {
		field.length = strnlen(field.body, spec->precision);
	}
	emit_field(writer, spec, &field);
}

static void emit_char(struct writer *writer, const struct spec *spec, char c)
{
	struct field field = {.body = &c, .length = 1};

	emit_field(writer, spec, &field);
}

static void emit_pointer(struct writer *writer, const struct spec *spec, uintptr_t value)
{
	char text[2 + 2 * sizeof(value)];
	char *first = write_digits(text + sizeof(text), value, 16, "0123456789abcdef");

	while (first > text + 2) {
		*--first = '0';
	}
	text[0] = '0';
	text[1] = 'x';
	emit_field(writer, spec, &(struct field){.body = text, .length = sizeof(text)});
}

static void emit_status(struct writer *writer, const struct spec *spec, int status)
{
	const char *name = status_name(status);

	if (name != NULL) {
		emit_text(writer, spec, name);
	} else {
		emit_signed(writer, spec, status);
	}
}

/* A number or `*` at *format; moves *format behind it. */
static int parse_count(struct writer *writer, const char **format)
{
	int count = 0;

	if (**format == '*') {
		(*format)++;
		return va_arg(writer->args, int);
	}
	while (**format >= '0' && **format <= '9') {
		if (count < 10000) { /* no field is wider: the count must not overflow */
			count = count * 10 + (**format - '0');
		}
		(*format)++;
	}
	return count;
}

/* Flags, width, precision and length at `format`; returns the conversion character's place. */
static const char *parse_spec(struct writer *writer, const char *format, struct spec *spec)
{
	*spec = (struct spec){.precision = NO_PRECISION};
	for (; *format == '-' || *format == '0'; format++) {
		spec->left |= *format == '-';
		spec->zero |= *format == '0';
	}
	spec->width = parse_count(writer, &format);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*format == '.') {
		format++;
		spec->precision = parse_count(writer, &format);
		if (spec->precision < 0) {
			spec->precision = NO_PRECISION;
		}
	}
	for (; *format == 'l' || *format == 'z' || *format == 'h'; format++) {
		spec->longs += *format == 'h' ? -1 : 1;
	}
	return format;
}

/* Prints one conversion. False if the character names none; nothing is printed then. */
static bool convert(struct writer *writer, const struct spec *spec, char conversion)
{
	switch (conversion) {
	case 'd':
	case 'i': emit_signed(writer, spec, next_signed(writer, spec)); return true;
	case 'u':
		emit_number(writer, spec, next_unsigned(writer, spec), false, 10, "0123456789");
		return true;
	case 'o':
		emit_number(writer, spec, next_unsigned(writer, spec), false, 8, "01234567");
		return true;
	case 'x':
		emit_number(writer, spec, next_unsigned(writer, spec), false, 16,
		            "0123456789abcdef");
		return true;
	case 'X':
		emit_number(writer, spec, next_unsigned(writer, spec), false, 16,
		            "0123456789ABCDEF");
		return true;
	case 'c': emit_char(writer, spec, (char)va_arg(writer->args, int)); return true;
	case 's': emit_text(writer, spec, va_arg(writer->args, const char *)); return true;
	case 'p': emit_pointer(writer, spec, (uintptr_t)va_arg(writer->args, void *)); return true;
	case 'e': emit_status(writer, spec, va_arg(writer->args, int)); return true;
	case '%': emit(writer, '%'); return true;
	default: return false;
	}
}

int format_text(format_put_fn *put, void *context, const char *format, va_list args)
{
	struct writer writer = {.put = put, .context = context};
	struct spec spec;

	va_copy(writer.args, args);
	while (*format != '\0') {
		const char *start = format++;

		if (*start != '%') {
			emit(&writer, *start);
			continue;
		}
		format = parse_spec(&writer, format, &spec);
		if (*format != '\0' && convert(&writer, &spec, *format)) {
			format++;
			continue;
		}
		while (start < format) {
			emit(&writer, *start++);
		}
	}
	va_end(writer.args);
	return writer.count;
}

struct bounded {
	char *next, *last; /* last: where the final zero goes at the latest */
};

static void put_bounded(void *context, char c)
{
	struct bounded *bounded = context;

	if (bounded->next < bounded->last) {
		*bounded->next++ = c;
	}
}

static void put_nowhere(void *context, char c)
{
	(void)context;
	(void)c;
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	if (size == 0) {
		return format_text(put_nowhere, NULL, format, args);
	}

	struct bounded bounded = {buffer, buffer + size - 1};
	int length = format_text(put_bounded, &bounded, format, args);

	*bounded.next = '\0';
	return length;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(buffer, size, format, args);
	va_end(args);
	return length;
}
