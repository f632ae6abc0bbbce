/* The console's memory that outlives it (protocols/console.h). */
#pragma once

#include "kernel/abi/types.h"

/* Makes it. OK or E_NO_MEM. */
int kept_make(void);

/* Maps it into a console. OK or an error. */
int kept_map(envid_t console);

/* Stops the console for good, and counts the byte that it has sent and not come to count. */
void kept_stop_console(envid_t console);

/* Prints through the kernel what the console accepted and has not sent. The console does not
 * run. */
void kept_print(void);

/* Whether the console accepted our write of that number, and no other since. The console does not
 * run. */
bool kept_has_write(uint32_t number);

/* Makes it as it was before the first console. */
void kept_clear(void);
