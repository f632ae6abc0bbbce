/* Memory, small conversions, and the end of a program. */
#pragma once

#include "kernel/abi/types.h"

/* Moves the end of the heap by `delta` bytes, rounded to pages inside; the old end, or
 * (void *)-1 beyond the heap's range (from the program's end to 0x80000000) or the process's page
 * limit. New pages are marked zero-fill (PTE_ZERO_FILL) in the own page table and come when
 * touched; on fault path `self` they are there at once. Shrinking unmaps. */
void *sbrk(intptr_t delta);

/* 8-byte aligned; NULL when there is no more. malloc(0) is a valid pointer. A wrong or repeated
 * free ends the process with a message. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void free(void *block);

/* Ends the caller: calls what atexit was given, the last one first, then destructors, and flushes
 * standard output. Status 0..100; what is beyond becomes 100. */
_Noreturn void exit(int status);
/* The same at once: nothing is called, and text that has not gone out is lost. */
_Noreturn void _Exit(int status);
/* Has exit, or the return from main, call the function. OK; E_LIMIT: there are 32 already. */
int atexit(void (*function)(void)) __attribute__((nonnull(1)));

/* Base 0 (prefix decides), 2..36. *end gets the first unused character, if end is not NULL.
 * Saturates at LONG_MIN and LONG_MAX. */
long strtol(const char *text, char **end, int base);
int atoi(const char *text);

/* A small repeatable generator (xorshift32). */
void srand(uint32_t seed);
uint32_t rand(void);
