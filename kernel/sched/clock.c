/* The wheel of bounded waits: lists, slot = deadline modulo SLOTS. Inserting and cancelling are O(1), and each tick looks at one
 * slot. Guarded by the kernel lock. */
#include "kernel/sched/clock.h"

#include "kernel/base/debug.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/machine/time.h"

enum { SLOTS = 64 };

uint32_t clock_pending;
static struct env *wheel[SLOTS];
static struct env *expire_next; /* whom clock_expired looks at next: firing one may cancel others */
static uint32_t expired;        /* all slots up to this tick are done */

static uint32_t ticks(void)
{
	return time_us() >> TICK_SHIFT;
}

/* ---- the wheel ---- */

void clock_wake_after(struct env *env, uint32_t us)
{
	struct env **slot;

	debug_assert(lock_held() && !env->deadline);
	if (clock_pending++ == 0) {
		expired = ticks();
	}
	env->deadline = (uint32_t)((time_us() + us) >> TICK_SHIFT) + 1;
	slot = &wheel[env->deadline % SLOTS];
	env->timer_next = *slot;
	env->timer_link = slot;
	if (*slot) {
		(*slot)->timer_link = &env->timer_next;
	}
	*slot = env;
	state_close_fast(env); /* it stops no clock */
}

void clock_cancel(struct env *env)
{
	if (!env->deadline) {
		return;
	}
	env->deadline = 0;
	clock_pending--;
	if (env == expire_next) {
		expire_next = env->timer_next;
	}
	*env->timer_link = env->timer_next;
	if (env->timer_next) {
		env->timer_next->timer_link = env->timer_link;
	}
}

/* The next of this slot whose time has come; NULL. */
static struct env *next_expired(uint32_t now)
{
	while (expire_next) {
		struct env *env = expire_next;

		expire_next = env->timer_next;
		if ((int32_t)(env->deadline - now) <= 0) {
			clock_cancel(env);
			return env;
		}
	}
	return NULL;
}

struct env *clock_expired(void)
{
	struct env *env = NULL;
	uint32_t now;

	debug_assert(lock_held());
	if (clock_pending == 0) {
		expire_next = NULL;
		return NULL;
	}
	now = ticks();
	if (now - expired > SLOTS) {
		expired = now - SLOTS;
	}
	while (!(env = next_expired(now)) && expired != now) {
		expired++;
		expire_next = wheel[expired % SLOTS];
	}
	return env;
}
