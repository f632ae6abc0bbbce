/*
 * What GCC's own <limits.h> goes on to: a C library's. It adds nothing, for GCC's has all that the
 * C standard asks of a freestanding implementation.
 */
#pragma once
