/* A smaller machine, which is put back to its start faster. */
#ifndef PARLEY_TESTS_HOST_RACE_FAKE_KERNEL_ABI_MEMLAYOUT_H
#define PARLEY_TESTS_HOST_RACE_FAKE_KERNEL_ABI_MEMLAYOUT_H

#include_next "kernel/abi/memlayout.h"
#undef NENV
#undef NCPU_MAX
#define NENV 32
#define NCPU_MAX 4

#endif
