/* The FPU's and SSE's registers around a handler: the kernel's frame has the general ones only. The
 * library itself uses neither, so who does not call handlers need not care. */
#pragma once

#include "kernel/abi/types.h"

/* Calls handler(frame) for `vector`. The handler finds FPU and SSE registers as a new program does,
 * and the interrupted code finds what it had there; but after their own exceptions (vectors 16 and
 * 19), whose handler must see and change them. A program that has not used them yet neither does so
 * here. */
void fpu_call(void (*handler)(void *frame), void *frame, uint32_t vector);
