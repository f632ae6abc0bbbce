/* What a panic does: kernel/base/debug.h has the call. */
#pragma once

#include "kernel/abi/types.h"
#include <stdarg.h>

struct trapframe;

/* Stops every CPU, prints the message, registers and a backtrace, then enters the monitor (command
 * line word `monitor`) or ends the machine with status PANIC_STATUS. `args`: what the format
 * needs. */
_Noreturn void panic_frame(const struct trapframe *frame, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* A non-maskable interrupt: another CPU panics and this one does nothing more; else a panic. */
_Noreturn void panic_stop(const struct trapframe *frame);
void panic_backtrace(uint32_t eip, uint32_t ebp);
