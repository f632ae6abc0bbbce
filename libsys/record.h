/* Public records of envs, read while the kernel may write them. Whoever looks at a member twice, or
 * at two members, may see two moments, or two envs. None of these blocks. */
#pragma once

#include "kernel/abi/env.h"

/* What the record in the slot says, if it is of one living env: *copy has its id, which is never 0,
 * and what it said while it was that env's (of the members that record.c reads, the others are 0).
 * To the kernel an id of 0 is who calls, so what is read elsewhere may not be passed on. */
bool record_read(uint32_t slot, struct env_info *copy);

/* Whether the env lived at some moment of the call. */
bool record_env_lives(envid_t env);
