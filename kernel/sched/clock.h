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
 * ticks, until it is NULL. */
struct env *clock_expired(void);
/* Envs with a time-out: while there are any, a CPU that goes idle keeps ticking. Guarded by the
 * kernel lock. */
extern uint32_t clock_pending;
