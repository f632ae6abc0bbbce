/* Assertions and panic: print NAME[pid], file, line, message and a backtrace of addresses, then
 * end the process with status 97. Servers print through sys_debug_write. */
#pragma once

#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
#define assert(condition)                                                                          \
	((condition) ? (void)0 : panic_at(__FILE__, __LINE__, "assertion failed: %s", #condition))

_Noreturn void panic_at(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The program's name, argv[0]; set by the start code. */
extern const char *program_name;
