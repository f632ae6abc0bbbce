/* Where procmgr keeps what in its own address space, beside its text, data and stack. */
#pragma once

#include "kernel/abi/memlayout.h"

#define SCRATCH 0x04000000u         /* pages being made for others; empty between calls */
#define SCRATCH_SIZE (64u * PGSIZE) /* at most this much at a time */
#define MODULES 0x10000000u         /* the boot modules, one after the other, read only */
#define MODULES_TOP 0x80000000u
