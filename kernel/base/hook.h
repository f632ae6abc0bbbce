/* The one hook that feeds what only helps people look (kernel/look/joslog.c, kernel/look/trace.c): the events are
 * those of kernel/abi/trace.h. Off: a test and a branch. */
#ifndef PARLEY_KERNEL_BASE_HOOK_H
#define PARLEY_KERNEL_BASE_HOOK_H

#include "kernel/abi/trace.h"

struct env;

typedef void hook_fn(enum event event, struct env *env, uint32_t value);
extern hook_fn *hook; /* NULL: nobody looks. Guarded by the kernel lock. */

/* Lock held. `env` may be NULL only for WAKE, IDLE, ASK and ANSWERED, and for ENTER if the env was taken
 * away meanwhile. `value` is the record's word a if no register is; of ENTER the address of a page fault; of ASK and
 * ANSWERED CPU | enum cpu_request << 8. */
static inline void hook_event(enum event event, struct env *env, uint32_t value)
{
	asm goto("cmpl $0, %0; jne %l1" : : "m"(hook) : "cc" : look); /* two instructions, always */
	return;
look:
	hook(event, env, value);
}

/* Optional: prints JOS's lines about envs. */
hook_fn joslog_event __attribute__((weak));

/* Optional: SYS_TRACE (kernel/abi/trace.h). */
int trace_call(struct env *caller) __attribute__((weak));

#endif
