/* The formatter under printf and snprintf: text goes to a function, one character at a time. */
#pragma once

#include <stdarg.h>

typedef void format_put_fn(void *context, char c);

/* Formats as stdio.h says, calling put(context, c) for each character. Returns how many. */
int format_text(format_put_fn *put, void *context, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
