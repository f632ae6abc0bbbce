/* Formatted output and line input over the console. Output of printf and friends collects in
 * a buffer of this process and is sent at a newline, when full, before input, fork and exit. What
 * the console cannot take, and all output of servers, goes to sys_debug_write. */
#ifndef PARLEY_LIBSYS_STDIO_H
#define PARLEY_LIBSYS_STDIO_H

#include "kernel/abi/types.h"
#include <stdarg.h>

/* %d %i %u %x %X %o %c %s %p %% with - 0 width .precision (also *), h hh l ll z, and %e: the name
 * of a status ("E_NO_MEM"; the number if unknown). Return the length of the whole text, also
 * when it did not fit. snprintf always terminates if size > 0. */
int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
	__attribute__((nonnull(3)));
int snprintf(char *buffer, size_t size, const char *format, ...) __attribute__((nonnull(3)));
int printf(const char *format, ...) __attribute__((nonnull(1)));
int vprintf(const char *format, va_list args) __attribute__((nonnull(1)));
int putchar(int c);
int puts(const char *text);

/* Sends what is buffered. OK or the console's error. */
int stdout_flush(void);
/* Sends what is buffered and waits until it has left the machine. */
int stdout_drain(void);

/* Prints the prompt and reads one line into buffer, zero terminated, without the newline;
 * longer lines are cut at size - 1. Length; E_END (Ctrl-D), E_INTERRUPTED (Ctrl-C), E_NOT_FOUND (no
 * console). Blocks. When the console dies meanwhile, the next one shows the prompt again. */
int readline(const char *prompt, char *buffer, size_t size);

/* One character typed, or E_NOT_FOUND. Never blocks. */
int getchar_nowait(void);

/* Which process Ctrl-C kills; 0 none. */
int console_set_foreground(int32_t pid);

#endif
