/* The inside of printf: a conversion's spec, and the field that its argument becomes: padding, a
 * prefix (sign, 0x), zeros, a body. */
#pragma once

#include "kernel/abi/types.h"
#include "libsys/format.h"

enum { DIGITS_MAX = 22 /* 2^64 in octal */, NO_PRECISION = -1 };

enum length { INT, CHAR, SHORT, LONG, LONG_LONG, INTMAX, SIZE, PTRDIFF, LONG_DOUBLE };

struct spec {
	bool left, zero, plus, space, alternate;
	int width, precision;
	enum length length;
};

struct writer {
	format_put_fn *put;
	void *context;
	int count;
	va_list args;
};

void field_emit(struct writer *writer, char c);
void field_emit_times(struct writer *writer, char c, int times);
void field_emit_bytes(struct writer *writer, const char *bytes, int length);

/* Emits what stands before a body of that length: padding, prefix, zeros to fill the field if it
 * wants them. Returns how many blanks come behind the body. */
int field_open(struct writer *writer, const struct spec *spec, const char *prefix, int length,
               bool zeros);

/* A whole field of text. */
void field_emit_text(struct writer *writer, const struct spec *spec, const char *prefix,
                     const char *text, int length);

/* "-", "+", " " or "". */
const char *field_sign(const struct spec *spec, bool minus);

/* Writes the digits so that they end before `end`; returns the first of them. */
char *field_write_digits(char *end, uint64_t value, unsigned base, const char *digits);

/* Takes the next argument and prints it, by %f %e %g %a %F %E %G %A. */
void real_convert(struct writer *writer, const struct spec *spec, char conversion);
