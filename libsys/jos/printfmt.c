/* Formatted text as JOS prints it.
 *
 * Alike in everything that programs show, also where C's printf differs: the sign of a number
 * comes before its padding, and %p has no leading zeros. No state. */
#include "libsys/jos/kernel.h"

struct out {
	void (*putch)(int, void *);
	void *putdat;
};

struct spec {
	bool left, alternate;
	char pad;
	int width, precision; /* -1: none */
	int longs;
};

static const char *const error_texts[MAXERROR] = {
#define JOS_ERROR_TEXT(name, value, text) [value] = text,
	JOS_ERROR_LIST(JOS_ERROR_TEXT)
#undef JOS_ERROR_TEXT
};

static void put_times(const struct out *out, char c, int times)
{
	while (times-- > 0) {
		out->putch(c, out->putdat);
	}
}

static void put_number(const struct out *out, const struct spec *spec, uint64_t value,
                       uint32_t base)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	if (!spec->left) {
		put_times(out, spec->pad, spec->width - n);
	}
	for (int i = n; i > 0; i--) {
		out->putch(digits[i - 1], out->putdat);
	}
	if (spec->left) {
		put_times(out, ' ', spec->width - n);
	}
}

static void put_string(const struct out *out, const struct spec *spec, const char *text)
{
	int length;

	text = text ? text : "(null)";
	length = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision);
	if (!spec->left) {
		put_times(out, spec->pad, spec->width - length);
	}
	for (int i = 0; i < length; i++) {
		bool hidden = spec->alternate && (text[i] < ' ' || text[i] > '~');

		out->putch(hidden ? '?' : text[i], out->putdat);
	}
	if (spec->left) {
		put_times(out, ' ', spec->width - length);
	}
}

static void put_error(const struct out *out, const struct spec *spec, int error)
{
	error = error < 0 ? -error : error;
	if (error > 0 && error < MAXERROR) {
		put_string(out, spec, error_texts[error]);
	} else {
		printfmt(out->putch, out->putdat, "error %d", error);
	}
}

static uint64_t next_unsigned(va_list *args, const struct spec *spec)
{
	return spec->longs >= 2 ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned long);
}

static int64_t next_signed(va_list *args, const struct spec *spec)
{
	return spec->longs >= 2 ? va_arg(*args, long long) : va_arg(*args, long);
}

static void put_signed(const struct out *out, const struct spec *spec, int64_t value)
{
	if (value < 0) {
		out->putch('-', out->putdat);
	}
	put_number(out, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

static const char *parse_count(const char *fmt, va_list *args, int *count)
{
	if (*fmt == '*') {
		*count = va_arg(*args, int);
		return fmt + 1;
	}
	*count = 0;
	for (; *fmt >= '0' && *fmt <= '9'; fmt++) {
		*count = *count < 10000 ? *count * 10 + *fmt - '0' : *count;
	}
	return fmt;
}

/* Reads flags, width, precision and length; what follows them is the conversion. */
static const char *parse_spec(const char *fmt, va_list *args, struct spec *spec)
{
	*spec = (struct spec){.pad = ' ', .width = -1, .precision = -1};
	for (;; fmt++) {
		if (*fmt == '-') {
			spec->left = true;
		} else if (*fmt == '0') {
			spec->pad = '0';
		} else if (*fmt == '#') {
			spec->alternate = true;
		} else {
			break;
		}
	}
	fmt = parse_count(fmt, args, &spec->width);
	if (*fmt == '.') {
		fmt = parse_count(fmt + 1, args, &spec->precision);
	}
	for (; *fmt == 'l'; fmt++) {
		spec->longs++;
	}
	return fmt;
}

/* Prints one conversion. False: there is none of that letter. */
static bool convert(const struct out *out, const struct spec *spec, char letter, va_list *args)
{
	switch (letter) {
	case 'c': out->putch(va_arg(*args, int), out->putdat); return true;
	case 's': put_string(out, spec, va_arg(*args, const char *)); return true;
	case 'd': put_signed(out, spec, next_signed(args, spec)); return true;
	case 'u': put_number(out, spec, next_unsigned(args, spec), 10); return true;
	case 'o': put_number(out, spec, next_unsigned(args, spec), 8); return true;
	case 'x': put_number(out, spec, next_unsigned(args, spec), 16); return true;
	case 'e': put_error(out, spec, va_arg(*args, int)); return true;
	case 'p':
		out->putch('0', out->putdat);
		out->putch('x', out->putdat);
		put_number(out, spec, (uintptr_t)va_arg(*args, void *), 16);
		return true;
	case '%': out->putch('%', out->putdat); return true;
	default: return false;
	}
}

void vprintfmt(void (*putch)(int, void *), void *putdat, const char *fmt, va_list ap)
{
	const struct out out = {putch, putdat};
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		const char *start = fmt++;
		struct spec spec;

		if (*start != '%') {
			putch((unsigned char)*start, putdat);
			continue;
		}
		fmt = parse_spec(fmt, &args, &spec);
		if (*fmt && convert(&out, &spec, *fmt, &args)) {
			fmt++;
			continue;
		}
		putch('%', putdat); /* as it stands */
		fmt = start + 1;
	}
	va_end(args);
}

void printfmt(void (*putch)(int, void *), void *putdat, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintfmt(putch, putdat, fmt, args);
	va_end(args);
}

struct bounded {
	char *next, *last;
	int count;
};

static void put_bounded(int c, void *bounded)
{
	struct bounded *to = bounded;

	to->count++;
	if (to->next < to->last) {
		*to->next++ = (char)c;
	}
}

int vsnprintf(char *buf, int n, const char *fmt, va_list ap)
{
	struct bounded to = {buf, buf + n - 1, 0};

	if (!buf || n < 1) {
		return -E_INVAL;
	}
	vprintfmt(put_bounded, &to, fmt, ap);
	*to.next = '\0';
	return to.count;
}

int snprintf(char *buf, int n, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(buf, n, fmt, args);
	va_end(args);
	return length;
}
