/* The one hook that feeds what only helps people look (kernel/look/joslog.c, kernel/look/trace.c):
 * the events are those of kernel/abi/trace.h. Off: a test and a branch. */
#pragma once

#include "kernel/abi/trace.h"

struct env;
struct trapframe;

typedef void hook_fn(enum event event, struct env *env, uint32_t value);
extern hook_fn *hook; /* NULL: nobody looks. Guarded by the kernel lock. */

/* Lock held. `env` may be NULL only for WAKE, IDLE, ASK and ANSWERED, and for ENTER if the env was
 * taken away meanwhile. `value` is the record's word a if no register is; of ENTER the address of a
 * page fault; of ASK and
 * ANSWERED CPU | enum cpu_request << 8. */
static inline void hook_event(enum event event, struct env *env, uint32_t value)
{
	asm goto("cmpl $0, %0; jne %l1" : : "m"(hook) : "cc" : look); /* two instructions, always */
	return;
look:
	hook(event, env, value);
}

/* What kernel/look offers; NULL: left out. */
struct look {
	hook_fn *joslog;                       /* prints JOS's lines about envs */
	int (*trace_call)(struct env *caller); /* SYS_TRACE (kernel/abi/trace.h) */
	void (*monitor)(
		const struct trapframe *frame); /* a prompt after a panic; does not return */
	void (*screen_put)(char c);             /* where the screen is ours */
	/* Takes the screen: all that is written from here on appears there, too, below what stands
	 * there (true); or leaves it to others (false). */
	void (*screen_show)(bool on);
};
extern struct look looks;

/* Each file there fills in its part at start-up by a function of its own, which is run first of
 * all. */
typedef void look_offer_fn(void);
#define LOOK_OFFERS(function)                                                                      \
	static look_offer_fn *const function##_entry                                               \
		__attribute__((used, section(".init.offers"))) = function
extern look_offer_fn *const look_offers[], *const look_offers_end[]; /* kernel/kernel.ld */

static inline void debug_show(bool on)
{
	if (looks.screen_show) {
		looks.screen_show(on);
	}
}
