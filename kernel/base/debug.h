/* Debug output, assertions, panic. */
#pragma once

#include "kernel/abi/memlayout.h"
#include "kernel/abi/types.h"
#include <stdarg.h>

struct trapframe;

enum { COM1 = 0x3F8, LINE_STATUS = COM1 + 5, HAS_DATA = 0x01, CAN_SEND = 0x20 }; /* 16550 */
enum { SPIN_MAX = 100000 }; /* status reads before a byte is given up */
enum { DEBUG_EXIT = 0xF4 }; /* QEMU's isa-debug-exit, where `make run` puts it */

/* VGA text as the firmware leaves it: 80 x 25 cells. */
#define SCREEN ((uint16_t *)(KERNBASE + SCREEN_ADDR))
enum {
	SCREEN_ADDR = 0xB8000,
	SCREEN_COLUMNS = 80,
	SCREEN_CELLS = 80 * 25,
	SCREEN_MEMORY = 16384,      /* cells */
	SCREEN_BLANKS = 0x07200720, /* two */
};

/* Looks whether there is a first serial line, which nasm/boot/boot.asm has set up. */
void debug_init(void);
extern bool debug_serial; /* it is there */

/* Bytes to the first serial line, as they are, and to the screen, if that is ours. */
void debug_write(const char *bytes, uint32_t length);

/* %s, and %u %x with width and leading zero. */
void debug_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void debug_vprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* A boot-time line; silent with `quiet` on the command line. */
#define debug_log(...) (debug_quiet ? (void)0 : debug_printf(__VA_ARGS__))
extern bool debug_quiet, debug_monitor; /* those words are on the command line */

/* For start-up: says on one line what the machine lacks, or has wrong, and ends it. */
#define boot_stop(...)                                                                             \
	({                                                                                         \
		debug_printf("Parley cannot run here: " __VA_ARGS__);                              \
		debug_printf("\n");                                                                \
		machine_exit(PANIC_STATUS);                                                        \
	})

/* Ends all, see kernel/entry/panic.h: in nasm/base/panic.asm, which saves the registers and goes to
 * panic_handler. */
void panic_here(const char *format, ...) __attribute__((format(printf, 1, 2), cold));
/* Set first of all at start-up: this layer knows no CPUs. */
extern void (*panic_handler)(const struct trapframe *frame, const char *format, va_list args);
/* Stops this CPU for good. */
_Noreturn void machine_halt(void);
/* Ends the machine through the debug-exit device; spins where there is none. */
_Noreturn void machine_exit(uint8_t status);
enum { PANIC_STATUS = 127 };

/* What follows the call keeps the compiler from making one call of several, which have an address
 * each so. */
#define panic(...)                                                                                 \
	({                                                                                         \
		panic_here(__VA_ARGS__);                                                           \
		asm volatile("" : : "i"(__LINE__));                                                \
		__builtin_unreachable();                                                           \
	})
#define assert(condition) ((condition) ? (void)0 : panic("assertion failed: %s", #condition))

/* For what costs time in each call: checked in a kernel built with DEBUG=1 only. */
#ifndef DEBUG
#define DEBUG 0
#endif
#define debug_assert(condition) assert(!DEBUG || (condition))
