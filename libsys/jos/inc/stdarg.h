/* JOS face: variable arguments are the compiler's. */
#pragma once

#include <stdarg.h>
