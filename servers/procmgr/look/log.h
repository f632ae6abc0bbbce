/* Lines that procmgr has to say and nobody asked for: the console fetches and prints them. */
#pragma once

#include "kernel/abi/types.h"

/* The console's id, once it is there; it is told about what the log already has. */
void log_set_reader(envid_t console);

/* From now on lines are printed through the kernel at once. */
void log_at_once(void);

/* Adds a line. When the log is full its oldest bytes are dropped. Never blocks. */
void log_line(const char *line);

/* Gives the reader the next bytes, up to `max`, oldest first; how many (0: there are no more). What
 * it was given before is then out of the log. *number is another each time, but the same for the
 * same bytes given to the next reader. */
uint32_t log_give(char *buffer, uint32_t max, uint32_t *number);

/* The console does not run, or never again: what it accepted of the log is not given or printed
 * once more. */
void log_settle(void);

/* Prints what is left in the log through the kernel: when no console will. */
void log_dump(void);
