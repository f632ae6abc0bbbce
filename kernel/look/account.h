/* Whose page fault the time goes to, while a trace is on (optional, beside kernel/look/trace.c). */
#pragma once

#include "kernel/base/hook.h"

/* Forgets all faults that are being handled. */
void account_reset(void);

/* What an event at `now` (TSC) of this CPU means; the env's saved registers are as they are at that
 * moment. */
void account_event(enum event event, const struct env *env, uint64_t now);

/* The looking is done: the time from here on counts. Ends what account_event began. */
void account_continue(void);
