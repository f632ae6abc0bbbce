/* Formatted output and line input over the console. Output of printf and friends collects in a
 * buffer of this process and is sent at a newline, when full, before input, fork and exit, and when
 * the process ends by a fault or an exception of its own. What the console cannot take, and all
 * output of servers, goes to sys_debug_write. */
#pragma once

#include "kernel/abi/types.h"
#include <stdarg.h>

/* As in ISO C: %d %i %u %o %x %X %c %s %p %f %e %g %a (%F %E %G %A) %%, with - + # 0 blank, width,
 * .precision (also *), hh h l ll j z t L. Floating-point numbers are rounded correctly, and printed
 * without the FPU. %n is refused: it is printed as it stands, and so is what is unknown. A status
 * is printed by its name: %s of STATUS(status), see status.h. Return the length of the whole text,
 * also when it did not fit. snprintf always terminates if size > 0. */
int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
	__attribute__((nonnull(3), format(printf, 3, 0)));
int snprintf(char *buffer, size_t size, const char *format, ...)
	__attribute__((nonnull(3), format(printf, 3, 4)));
int printf(const char *format, ...) __attribute__((nonnull(1), format(printf, 1, 2)));
int vprintf(const char *format, va_list args) __attribute__((nonnull(1), format(printf, 1, 0)));
int putchar(int c);
int puts(const char *text);

/* Sends what is buffered. OK or the console's error. */
int stdout_flush(void);
/* Sends what is buffered and waits until it has left the machine. */
int stdout_drain(void);

enum { READLINE_MAX = 243 }; /* bytes of a line */

/* Prints the prompt and reads one line into buffer, zero terminated, without the newline; a line
 * that is longer than READLINE_MAX or size - 1 is E_TOO_BIG, and gone. Length; E_END (Ctrl-D),
 * E_INTERRUPTED (Ctrl-C), E_NOT_FOUND (no console). Blocks: in the background until the process is
 * in the foreground. When the console dies meanwhile, the next one shows the prompt again. */
int readline(const char *prompt, char *buffer, size_t size);

/* One character typed, or E_NOT_FOUND; that always in the background. Never blocks. */
int getchar_nowait(void);

/* Which process is in the foreground: Ctrl-C kills it, and it and its descendants read. 0: none,
 * then the caller reads. OK or E_PERM: the caller is in the background. */
int console_set_foreground(int32_t pid);
