/* The wheel of bounded waits: lists, slot = deadline modulo SLOTS. Inserting and cancelling are
 * O(1), and each tick looks at one slot. Guarded by the kernel lock. */
#include "kernel/sched/clock.h"

#include "kernel/base/debug.h"
#include "kernel/cpu/lock.h"
#include "kernel/env/state.h"
#include "kernel/machine/time.h"

enum { SLOTS = 64 };

uint32_t clock_pending;
static struct list wheel[SLOTS];
static struct list_node
	*expire_next;    /* whom clock_expired looks at next: firing one may cancel others */
static uint32_t expired; /* all slots up to this tick are done */

/* ---- the wheel ---- */

void clock_wake_after(struct env *env, uint32_t us)
{
	struct list *slot;

	debug_assert(lock_held() && !env->deadline);
	if (clock_pending++ == 0) {
		expired = time_ticks();
	}
	env->deadline = (uint32_t)((time_us() + us) >> TICK_SHIFT) + 1;
	slot = &wheel[env->deadline % SLOTS];
	list_push(slot, &env->timer_node);
	state_close_fast(env); /* it stops no clock */
}

void clock_cancel(struct env *env)
{
	if (!env->deadline) {
		return;
	}
	if (&env->timer_node == expire_next) {
		expire_next = expire_next->next;
	}
	list_remove(&wheel[env->deadline % SLOTS], &env->timer_node);
	env->deadline = 0;
	clock_pending--;
}

/* The next of this slot whose time has come; NULL. */
static struct env *next_expired(uint32_t now)
{
	while (expire_next) {
		struct env *env = list_owner(expire_next, struct env, timer_node);

		expire_next = expire_next->next;
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
	now = time_ticks();
	if (now - expired > SLOTS) {
		expired = now - SLOTS;
	}
	while (!(env = next_expired(now)) && expired != now) {
		expired++;
		expire_next = wheel[expired % SLOTS].first;
	}
	return env;
}
