/* See hook.h. */
#include "kernel/base/hook.h"

hook_fn *hook;
struct look looks;
