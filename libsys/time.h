/* A clock and sleep. */
#pragma once

#include "kernel/abi/types.h"

uint64_t clock_us(void);    /* since boot; never goes back */
void sleep_ms(uint32_t ms); /* at least that long */
