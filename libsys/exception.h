/* The names of processor exceptions. */
#ifndef PARLEY_LIBSYS_EXCEPTION_H
#define PARLEY_LIBSYS_EXCEPTION_H

#include "kernel/abi/types.h"

/* "divide error"; "exception" if the vector has no name. */
const char *exception_name(uint32_t vector);

#endif
