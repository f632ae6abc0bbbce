/* Public records of envs, read while the kernel may write them. */
#pragma once

#include "kernel/abi/env.h"

/* What the record in the slot says, if it is of one living env: *copy has its id, which is never 0,
 * and what it said while it was that env's. To the kernel an id of 0 is who calls, so what is read
 * elsewhere may not be passed on. */
bool record_read(uint32_t slot, struct env_info *copy);
