/* JOS face: formatted text and the console.
 *
 * Conversions: %d %u %o %x %p %c %s %e %%, with l and ll, a width (or *), a precision for %s, and
 * the flags `-`, `0` and `#` (%s: what is not printable becomes `?`). %e prints the text of an
 * error, negative or not. */
#pragma once

#include "libsys/jos/inc/stdarg.h"
#include "libsys/jos/inc/types.h"

#ifndef NULL
#define NULL ((void *)0)
#endif

void cputchar(int c);
/* The next character typed; waits for it. -E_EOF where there is no console. */
int getchar(void);
int iscons(int fd);

/* Calls putch(c, putdat) for each character. */
void printfmt(void (*putch)(int, void *), void *putdat, const char *fmt, ...);
void vprintfmt(void (*putch)(int, void *), void *putdat, const char *fmt, va_list ap);

/* At most n bytes with the final zero. How long the text is, or -E_INVAL. */
int snprintf(char *buf, int n, const char *fmt, ...);
int vsnprintf(char *buf, int n, const char *fmt, va_list ap);

/* To the console. How many characters. */
int cprintf(const char *fmt, ...);
int vcprintf(const char *fmt, va_list ap);

/* The prompt, then a line without its end, in a buffer that the next call uses again. NULL: there
 * is no more. */
char *readline(const char *prompt);
