/* The system call of the kernel for tests (kernel/look/failhook.c); the shipped kernel answers
 * E_NO_CALL. */
#pragma once

/* eax number | mode << 8, ebx env (0: the caller), esi k: from now on allocations (frames, page
 * tables, env slots) made in system calls of that env are counted, and the k-th fails. Replaces
 * what was asked for before; k = 0: nothing fails. -> eax how many were left to go until a failure,
 * 0: it has happened, or nothing was asked for. */
#define SYS_FAIL 0xF0
#define FAIL_ONCE 0u
/* Not that, but: the slot of env ebx, which is free, is as after generation esi. */
#define FAIL_AGE 2u
/* Or-ed to that: its block of ids began long ago. E_BUSY: it is not free. */
#define FAIL_AGE_LONG 0x80000000u
#define FAIL_ON 1u /* and all after it, until the next SYS_FAIL */
