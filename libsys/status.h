/* Names and texts of status codes. */
#pragma once

#include "kernel/abi/status.h"

/* "E_NO_MEM"; NULL if the code is unknown. Positive values count as OK. */
const char *status_name(int status);
/* The name, or the number of what has none, for printf's %s. The text lives as long as the block
 * that it is asked for in: printf("fork: %s\n", STATUS(pid)). */
#define STATUS(status) status_in(status, (char[STATUS_SIZE]){0})
enum { STATUS_SIZE = 12 };
const char *status_in(int status, char number[STATUS_SIZE]);
/* "out of memory"; "unknown error" if the code is unknown. */
const char *status_text(int status);
