/* JOS face: panics and assertions. */
#pragma once

#include "libsys/jos/inc/stdio.h"

void _warn(const char *file, int line, const char *fmt, ...);
/* Says who and where, and ends this program by a breakpoint; others go on. */
void _panic(const char *file, int line, const char *fmt, ...) __attribute__((noreturn));

#define warn(...) _warn(__FILE__, __LINE__, __VA_ARGS__)
#define panic(...) _panic(__FILE__, __LINE__, __VA_ARGS__)

#define assert(x)                                                                                  \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			panic("assertion failed: %s", #x);                                         \
		}                                                                                  \
	} while (0)

/* At compile time. */
#ifndef static_assert
#define static_assert(x) _Static_assert(x, #x)
#endif
