/* printf of floating-point numbers: %f %e %g from their exact decimal digits, %a from their bits.
 * No FPU: who prints them does not load it, and in a handler disturbs nobody. */
#include "libsys/field.h"
#include "libsys/real.h"
#include "libsys/string.h"

/* %f: digits from the power of ten `first` down to `last`, the point behind that of 1. */
static void emit_plain(struct writer *writer, const struct spec *spec, const char *sign,
                       const struct decimal *decimal, int precision)
{
	int first = decimal_first(decimal) > 0 ? decimal_first(decimal) : 0;
	bool point = precision > 0 || spec->alternate;
	int behind = field_open(writer, spec, sign, first + 1 + point + precision, spec->zero);

	for (int power = first; power >= -precision; power--) {
		if (power == -1) {
			field_emit(writer, '.');
		}
		field_emit(writer, (char)('0' + decimal_digit(decimal, power)));
	}
	if (point && precision == 0) {
		field_emit(writer, '.');
	}
	field_emit_times(writer, ' ', behind);
}

/* "e+05": at least so many digits. Returns the length. */
static int write_exponent(char text[8], char letter, int exponent, int digits_least)
{
	char digits[DIGITS_MAX];
	char *end = digits + DIGITS_MAX;
	uint64_t magnitude = (uint64_t)(exponent < 0 ? -exponent : exponent);
	char *first = field_write_digits(end, magnitude, 10, "0123456789");
	int length = 0;

	while (end - first < digits_least) {
		*--first = '0';
	}
	text[length++] = letter;
	text[length++] = exponent < 0 ? '-' : '+';
	while (first < end) {
		text[length++] = *first++;
	}
	return length;
}

/* %e: one digit, the point, and `precision` more. */
static void emit_scientific(struct writer *writer, const struct spec *spec, const char *sign,
                            const struct decimal *decimal, int precision, char letter)
{
	int first = decimal_first(decimal);
	bool point = precision > 0 || spec->alternate;
	char exponent[8];
	int length = write_exponent(exponent, letter, first, 2);
	int behind = field_open(writer, spec, sign, 1 + point + precision + length, spec->zero);

	for (int power = first; power >= first - precision; power--) {
		field_emit(writer, (char)('0' + decimal_digit(decimal, power)));
		if (power == first && point) {
			field_emit(writer, '.');
		}
	}
	field_emit_bytes(writer, exponent, length);
	field_emit_times(writer, ' ', behind);
}

/* %g: `digits` digits, in the form that is shorter, without zeros at the end. */
static void emit_general(struct writer *writer, const struct spec *spec, const char *sign,
                         struct decimal *decimal, int digits, char letter)
{
	digits = digits > 0 ? digits : 1;
	decimal_round(decimal, decimal_first(decimal) - (digits - 1));

	int first = decimal_first(decimal), last = first - (digits - 1);
	bool plain = first >= -4 && first < digits;

	while (!spec->alternate && last < first && (!plain || last < 0) &&
	       decimal_digit(decimal, last) == 0) {
		last++;
	}
	if (plain) {
		emit_plain(writer, spec, sign, decimal, last < 0 ? -last : 0);
	} else {
		emit_scientific(writer, spec, sign, decimal, first - last, letter);
	}
}

static void emit_decimal(struct writer *writer, const struct spec *spec, const char *sign,
                         const struct real *real, char conversion)
{
	uint32_t words[decimal_size(real)];
	struct decimal decimal;
	int precision = spec->precision == NO_PRECISION ? 6 : spec->precision;

	decimal_make(&decimal, words, real);
	switch (conversion) {
	case 'f':
	case 'F':
		decimal_round(&decimal, -precision);
		emit_plain(writer, spec, sign, &decimal, precision);
		break;
	case 'e':
	case 'E':
		decimal_round(&decimal, decimal_first(&decimal) - precision);
		emit_scientific(writer, spec, sign, &decimal, precision, conversion);
		break;
	default:
		emit_general(writer, spec, sign, &decimal, precision,
		             conversion == 'G' ? 'E' : 'e');
	}
}

/* %a: the mantissa in hexadecimal, all of it or rounded, the point behind its first digit. */
static void emit_hex(struct writer *writer, const struct spec *spec, const char *sign,
                     struct real real, bool upper)
{
	int places = (real.mantissa_bits - 1) / 4, exponent = real.exponent + places * 4;
	int precision = spec->precision == NO_PRECISION ? places : spec->precision;
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char prefix[4], power[8];
	uint64_t mantissa = real.mantissa;

	memcpy(prefix, upper ? "-0X" : "-0x", sizeof(prefix));
	prefix[0] = *sign;
	if (mantissa == 0) {
		exponent = 0;
	}
	if (precision < places) {
		int cut = (places - precision) * 4;
		uint64_t rest = mantissa & ((1ull << cut) - 1), half = 1ull << (cut - 1);

		mantissa >>= cut;
		mantissa += rest > half || (rest == half && (mantissa & 1) != 0);
		if (mantissa >> (precision * 4) > 0xF) { /* only of a long double */
			mantissa >>= 4;
			exponent += 4;
		}
		mantissa <<= cut;
	}
	while (spec->precision == NO_PRECISION && precision > 0 &&
	       (mantissa >> ((places - precision) * 4) & 0xF) == 0) {
		precision--;
	}
	bool point = precision > 0 || spec->alternate;
	int length = write_exponent(power, upper ? 'P' : 'p', exponent, 1);
	int behind = field_open(writer, spec, *sign != '\0' ? prefix : prefix + 1,
	                        1 + point + precision + length, spec->zero);

	for (int i = 0; i <= precision; i++) {
		field_emit(writer,
		           i <= places ? digits[mantissa >> ((places - i) * 4) & 0xF] : '0');
		if (i == 0 && point) {
			field_emit(writer, '.');
		}
	}
	field_emit_bytes(writer, power, length);
	field_emit_times(writer, ' ', behind);
}

void real_convert(struct writer *writer, const struct spec *spec, char conversion)
{
	struct real real = spec->length == LONG_DOUBLE
	                           ? real_of_long(va_arg(writer->args, long double))
	                           : real_of(va_arg(writer->args, double));
	const char *sign = field_sign(spec, real.minus);
	bool upper = conversion < 'a';

	if (real.kind == REAL_INFINITE) {
		field_emit_text(writer, spec, sign, upper ? "INF" : "inf", 3);
	} else if (real.kind == REAL_NAN) {
		field_emit_text(writer, spec, sign, upper ? "NAN" : "nan", 3);
	} else if (conversion == 'a' || conversion == 'A') {
		emit_hex(writer, spec, sign, real, upper);
	} else {
		emit_decimal(writer, spec, sign, &real, conversion);
	}
}
