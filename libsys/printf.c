/* The formatter: conversions, widths, precisions; vsnprintf and snprintf on top.
 *
 * A conversion is parsed into a struct spec, its argument becomes a field: a prefix (sign, 0x),
 * zeros, and a body. An unknown conversion is printed as it stands, so that a mistake in a format
 * shows, and takes no argument. Floating-point numbers are in printf_real.c. No state, no memory,
 * no system calls. */
#include "libsys/field.h"
#include "libsys/format.h"
#include "libsys/stdio.h"
#include "libsys/string.h"

enum {
	COUNT_MAX = 100000, /* no field is wider, no precision larger: sums must not overflow */
};

void field_emit(struct writer *writer, char c)
{
	writer->put(writer->context, c);
	writer->count++;
}

void field_emit_times(struct writer *writer, char c, int times)
{
	for (int i = 0; i < times; i++) {
		field_emit(writer, c);
	}
}

void field_emit_bytes(struct writer *writer, const char *bytes, int length)
{
	for (int i = 0; i < length; i++) {
		field_emit(writer, bytes[i]);
	}
}

int field_open(struct writer *writer, const struct spec *spec, const char *prefix, int length,
               bool zeros)
{
	int padding = spec->width - (int)strlen(prefix) - length;

	if (padding < 0) {
		padding = 0;
	}
	if (spec->left) {
		field_emit_bytes(writer, prefix, (int)strlen(prefix));
		return padding;
	}
	field_emit_times(writer, ' ', zeros ? 0 : padding);
	field_emit_bytes(writer, prefix, (int)strlen(prefix));
	field_emit_times(writer, '0', zeros ? padding : 0);
	return 0;
}

void field_emit_text(struct writer *writer, const struct spec *spec, const char *prefix,
                     const char *text, int length)
{
	int behind = field_open(writer, spec, prefix, length, false);

	field_emit_bytes(writer, text, length);
	field_emit_times(writer, ' ', behind);
}

const char *field_sign(const struct spec *spec, bool minus)
{
	return minus ? "-" : spec->plus ? "+" : spec->space ? " " : "";
}

/* ---- whole numbers ---- */

char *field_write_digits(char *end, uint64_t value, unsigned base, const char *digits)
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

static void emit_number(struct writer *writer, const struct spec *spec, const char *prefix,
                        uint64_t value, unsigned base, const char *digits)
{
	char text[DIGITS_MAX];
	char *first = field_write_digits(text + DIGITS_MAX, value, base, digits);
	int length = (int)(text + DIGITS_MAX - first);
	bool fill = spec->zero && spec->precision == NO_PRECISION;
	int wanted = spec->precision == NO_PRECISION ? 1 : spec->precision;

	if (base == 8 && spec->alternate && wanted <= length) {
		wanted = length + 1; /* the first digit is a 0 */
	}
	int zeros = wanted > length ? wanted - length : 0;
	int behind = field_open(writer, spec, prefix, zeros + length, fill);

	field_emit_times(writer, '0', zeros);
	field_emit_bytes(writer, first, length);
	field_emit_times(writer, ' ', behind);
}

static int64_t next_signed(struct writer *writer, enum length length)
{
	switch (length) {
	case CHAR: return (signed char)va_arg(writer->args, int);
	case SHORT: return (short)va_arg(writer->args, int);
	case LONG: return va_arg(writer->args, long);
	case LONG_LONG: return va_arg(writer->args, long long);
	case INTMAX: return va_arg(writer->args, intmax_t);
	case SIZE:
	case PTRDIFF: return va_arg(writer->args, ptrdiff_t);
	default: return va_arg(writer->args, int);
	}
}

static uint64_t next_unsigned(struct writer *writer, enum length length)
{
	switch (length) {
	case CHAR: return (unsigned char)va_arg(writer->args, unsigned);
	case SHORT: return (unsigned short)va_arg(writer->args, unsigned);
	case LONG: return va_arg(writer->args, unsigned long);
	case LONG_LONG: return va_arg(writer->args, unsigned long long);
	case INTMAX: return va_arg(writer->args, uintmax_t);
	case SIZE:
	case PTRDIFF: return va_arg(writer->args, size_t);
	default: return va_arg(writer->args, unsigned);
	}
}

static void convert_signed(struct writer *writer, const struct spec *spec)
{
	int64_t value = next_signed(writer, spec->length);
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

	emit_number(writer, spec, field_sign(spec, value < 0), magnitude, 10, "0123456789");
}

static void convert_unsigned(struct writer *writer, const struct spec *spec, unsigned base,
                             const char *digits, const char *prefix)
{
	uint64_t value = next_unsigned(writer, spec->length);

	emit_number(writer, spec, spec->alternate && value != 0 ? prefix : "", value, base, digits);
}

static void convert_pointer(struct writer *writer, const struct spec *spec)
{
	uintptr_t value = (uintptr_t)va_arg(writer->args, void *);
	struct spec whole = *spec;

	whole.precision = 2 * sizeof(value);
	emit_number(writer, &whole, "0x", value, 16, "0123456789abcdef");
}

/* ---- text ---- */

static void convert_text(struct writer *writer, const struct spec *spec)
{
	const char *text = va_arg(writer->args, const char *);

	if (!text) {
		text = "(null)";
	}
	field_emit_text(writer, spec, "", text,
	                (int)(spec->precision == NO_PRECISION
	                              ? strlen(text)
	                              : strnlen(text, (size_t)spec->precision)));
}

static void convert_char(struct writer *writer, const struct spec *spec)
{
	char c = (char)va_arg(writer->args, int);

	field_emit_text(writer, spec, "", &c, 1);
}

/* ---- the format ---- */

static int bounded(int count)
{
	return count > COUNT_MAX ? COUNT_MAX : count < -COUNT_MAX ? -COUNT_MAX : count;
}

/* A number or `*` at *format; moves *format behind it. */
static int parse_count(struct writer *writer, const char **format)
{
	int count = 0;

	if (**format == '*') {
		(*format)++;
		return bounded(va_arg(writer->args, int));
	}
	for (; **format >= '0' && **format <= '9'; (*format)++) {
		count = bounded(count * 10 + (**format - '0'));
	}
	return count;
}

static const char *parse_flags(const char *format, struct spec *spec)
{
	for (;; format++) {
		switch (*format) {
		case '-': spec->left = true; break;
		case '0': spec->zero = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alternate = true; break;
		default: return format;
		}
	}
}

static const char *parse_length(const char *format, enum length *length)
{
	bool twice = format[0] != '\0' && format[1] == format[0];

	switch (*format) {
	case 'h': *length = twice ? CHAR : SHORT; return format + 1 + twice;
	case 'l': *length = twice ? LONG_LONG : LONG; return format + 1 + twice;
	case 'j': *length = INTMAX; return format + 1;
	case 'z': *length = SIZE; return format + 1;
	case 't': *length = PTRDIFF; return format + 1;
	case 'L': *length = LONG_DOUBLE; return format + 1;
	default: *length = INT; return format;
	}
}

/* Flags, width, precision and length at `format`; returns the conversion character's place. */
static const char *parse_spec(struct writer *writer, const char *format, struct spec *spec)
{
	*spec = (struct spec){.precision = NO_PRECISION};
	format = parse_flags(format, spec);
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
	return parse_length(format, &spec->length);
}

/* Prints one conversion. False if the character names none; nothing is printed then. */
static bool convert(struct writer *writer, const struct spec *spec, char conversion)
{
	switch (conversion) {
	case 'd':
	case 'i': convert_signed(writer, spec); return true;
	case 'u': convert_unsigned(writer, spec, 10, "0123456789", ""); return true;
	case 'o': convert_unsigned(writer, spec, 8, "01234567", ""); return true;
	case 'x': convert_unsigned(writer, spec, 16, "0123456789abcdef", "0x"); return true;
	case 'X': convert_unsigned(writer, spec, 16, "0123456789ABCDEF", "0X"); return true;
	case 'c': convert_char(writer, spec); return true;
	case 's': convert_text(writer, spec); return true;
	case 'p': convert_pointer(writer, spec); return true;
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
	case 'a':
	case 'A': real_convert(writer, spec, conversion); return true;
	case '%': field_emit(writer, '%'); return true;
	case 'n': /* refused: its pointer is passed over, nothing is stored there */
		(void)va_arg(writer->args, void *);
		return false;
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
			field_emit(&writer, *start);
			continue;
		}
		format = parse_spec(&writer, format, &spec);
		if (*format != '\0' && convert(&writer, &spec, *format)) {
			format++;
			continue;
		}
		while (start < format) {
			field_emit(&writer, *start++);
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
