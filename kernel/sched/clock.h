/* The wheel of bounded waits. */
#pragma once

#include "kernel/abi/types.h"
#include "kernel/machine/time.h"

struct env;

/* Lets clock_expired return the env, which waits, no sooner than `us` from now. Lock held. */
void clock_wake_after(struct env *env, uint32_t us);
/* Forgets the env's time-out, if any. Lock held. */
void clock_cancel(struct env *env);
/* The next env whose time-out is due, which has none then; NULL: no more. Lock held. From timer
 * ticks on, until it is NULL, CLOCKS_MAX without a pause. */
struct env *clock_expired(void);
enum { CLOCKS_MAX = 96 }; /* that start, or run out, before others' calls come */
/* Envs with a time-out: while there are any, a CPU that goes idle keeps ticking. Guarded by the
 * kernel lock. */
extern uint32_t clock_pending;
