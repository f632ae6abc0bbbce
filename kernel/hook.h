/* The one hook that feeds what only helps people look (kernel/joslog.c). Off: a test and a branch. */
#ifndef PARLEY_KERNEL_HOOK_H
#define PARLEY_KERNEL_HOOK_H

#include "kernel/abi/types.h"

struct env;

enum event {
	EVENT_NEW,         /* env was made */
	EVENT_EXIT,        /* env destroys itself */
	EVENT_DESTROY,     /* env is destroyed by another */
	EVENT_FREE,        /* env dies, for whatever reason */
	EVENT_FAULT,       /* page fault ends env; value: address */
	EVENT_EXCEPTION,   /* another exception ends env */
	EVENT_BAD_POINTER, /* a system call ends env; value: first bad address */
};

typedef void hook_fn(enum event event, struct env *env, uint32_t value);
extern hook_fn *hook; /* NULL: nobody looks. Constant after boot. */

static inline void hook_event(enum event event, struct env *env, uint32_t value)
{
	if (hook) {
		hook(event, env, value);
	}
}

/* Optional: prints JOS's lines about envs. */
hook_fn joslog_event __attribute__((weak));

#endif
