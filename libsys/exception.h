/* The names of processor exceptions, and of page faults that have a usual cause. */
#pragma once

#include "kernel/abi/types.h"

/* "divide error"; "exception" if the vector has no name. */
const char *exception_name(uint32_t vector);

/* What a page fault that nobody handles most likely is: "null pointer", "stack overflow",
 * "exception stack overflow"; NULL if it could be anything. `err` are FEC_* bits. */
const char *exception_fault_kind(vaddr_t va, uint32_t err);
