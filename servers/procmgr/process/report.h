/* Lines that say why a process ended. */
#pragma once

#include "servers/procmgr/process/table.h"

/* Vectors (SDM vol. 3, 6.15). */
enum { VECTOR_BREAKPOINT = 3, VECTOR_OVERFLOW = 4, VECTOR_PAGE_FAULT = 14 };

/* The line about an ended process in buffer, zero terminated, without a newline; empty if it exited
 * by itself, or the kernel has said it (boot_with_joslog). `name[pid]: fault at 0x00000000 (write,
 * ip 0x00800123 main+0x11): null pointer` */
void report_process(const struct process *process, char *buffer, uint32_t size);

/* The same about a server, which has no pid. */
void report_server(const char *name, const struct image *image, const struct ending *ending,
                   char *buffer, uint32_t size);
