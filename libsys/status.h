/* Names and texts of status codes. */
#ifndef PARLEY_LIBSYS_STATUS_H
#define PARLEY_LIBSYS_STATUS_H

#include "kernel/abi/status.h"

/* "E_NO_MEM"; NULL if the code is unknown. Positive values count as OK. */
const char *status_name(int status);
/* "out of memory"; "unknown error" if the code is unknown. */
const char *status_text(int status);

#endif
