/* JOS face: variable arguments are the compiler's. */
#ifndef PARLEY_LIBSYS_JOS_INC_STDARG_H
#define PARLEY_LIBSYS_JOS_INC_STDARG_H

#include <stdarg.h>

#endif
