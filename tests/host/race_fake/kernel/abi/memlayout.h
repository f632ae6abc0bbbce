/* A smaller machine, which is put back to its start faster. */
#pragma once

#include_next "kernel/abi/memlayout.h"
#undef NENV
#undef NCPU_MAX
#define NENV 32
#define NCPU_MAX 4
