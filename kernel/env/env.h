/* Envs: one thread of control with a page directory of its own. */
#pragma once

#include "kernel/abi/env.h"
#include "kernel/abi/ipc.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "kernel/base/debug.h"
#include "kernel/base/list.h"
#include "kernel/cpu/lock.h"
#include "kernel/cpu/trapframe.h"
#include "kernel/memory/space.h"
#include "kernel/sched/runqueue.h"

struct cpu;

enum env_life {
	LIFE_FREE, /* in the free list */
	LIFE_ALIVE,
	LIFE_DEAD, /* no id, no CPU, no IPC; until torn down, and reaped if somebody asked */
};

enum { FUNDED_PAGES = 1, FUNDED_SLOTS = 2 };

enum { FAST_NOBODY = 1 }; /* no env's id: its generation would be 0 */

/* What an env meets before it runs on. */
enum env_on_resume {
	ON_RESUME_NOTHING,
	ON_RESUME_TRAP,    /* evicted between a breakpoint or the like and its handling */
	ON_RESUME_REFUSED, /* its pager refused its fault */
};

/* kernel/env/state.h has the states, and is the only one that writes the fields marked S. */
struct env {
	struct trapframe tf; /* first: the processor pushes here, see trap.h */

	/* All below: guarded by the kernel lock. */
	envid_t id;
	enum env_life life;    /* S */
	struct env_page *page; /* its env page, kernel address */
	struct env_info *info; /* its public record, where status, waits and partner are S */
	struct space space;    /* and on which CPU it runs, or ran last */
	bool stopped;          /* S */
	uint8_t faults;        /* enum env_faults */
	bool undated; /* in some CPU's list of fault calls without a deadline yet (deadline.c) */
	struct list_node undated_node;
	uint32_t slots;    /* envs that it may still create; ENV_SLOTS_ANY: no limit */
	uint32_t since;    /* tick when its slot began this block of ids */
	uint32_t death[4]; /* cause, va or status, ip, code */
	struct {
		uint16_t first, count;
	} ports[4]; /* ranges given to it */

	uint32_t children; /* envs that it controls */
	uint8_t nports;
	bool root; /* may map physical pages, bind interrupts, give ports away */
	bool wants_deaths;
	bool unreaped;
	bool awaited;       /* S: somebody did a closed receive from it: death must look for them */
	bool in_fault_call; /* S: what it waits in is a fault call, which the kernel made for it */
	/* FUNDED_*: which of its limits were taken out of its controller's, and go back */
	uint8_t funded;
	uint8_t on_resume; /* S: enum env_on_resume */
	int refusal;       /* S: ON_RESUME_REFUSED: the pager's status */

	struct runner runner; /* ready queue, hints (runqueue.c) */

	/* IPC (ipc.c); what it waits for stands in its record.
	 * S: for whom the fast path of nasm/entry/sysenter.asm is open: its record's partner, or
	 * FAST_NOBODY. */
	envid_t fast_partner;
	struct list senders;
	struct list_node sender_node;
	uint32_t pending;             /* IPC_BITS_*, IPC_BIT_DEATH */
	struct list_node *bits_after; /* the bits' turn comes when this sender is gone; NULL: now */

	/* Page faults (fault.c). */
	vaddr_t fault_va;      /* in_fault_call, or ON_RESUME_REFUSED */
	uint32_t fault_us;     /* bound of a fault call; 0: none */
	uint32_t pager_slices; /* that its pager had begun when the clock of a fault call started */

	/* Time-outs (clock.c). */
	uint32_t deadline; /* tick; 0: none */
	struct list_node timer_node;

	struct list_node slot_node; /* free list, dying list */
	struct list_node dead_node; /* the controller's list of the unreaped ... */
	struct list dead;           /* ... and the own one */

	uint8_t fpu[512] __attribute__((aligned(16)));
};

/* The operand beside the number of the system call that the env makes. */
static inline uint32_t env_operand(const struct env *env)
{
	return env->tf.eax >> 8;
}

extern struct env envs[NENV]; /* for env_lookup() and nasm/entry/sysenter.asm */
extern struct env_info env_records[NENV];
extern uint32_t env_used; /* slots not free */

void env_init(void);

/* A free slot, out of the free list: for servers, or for everybody else. NULL: none. Lock held. */
struct env *env_slot_take(bool server);
/* Back to the list, unused. Lock held. */
void env_slot_put_back(struct env *env);
/* An env lives there from now on, with an id of its own. Lock held. */
void env_slot_use(struct env *env);
/* Its env is dead and torn down: free, at once or once its ids have rested. Lock held. */
void env_slot_free(struct env *env);
/* The next slot that may be in use; NENV: none. Lock held. */
uint32_t env_next_slot(uint32_t slot);

/* Stops another CPU from running it; it is in no queue then, so sched_wake must follow. Nothing if
 * it does not run elsewhere. */
void env_evict(struct env *env);

/* As env_lookup, without the lock: the env may die at any moment, and its slot become another's. */
static inline struct env *env_peek(struct env *caller, envid_t id)
{
	struct env *env = &envs[ENV_SLOT(id)];

	if (id == 0) {
		return caller;
	}
	return env->life == LIFE_ALIVE && env->id == id ? env : NULL;
}

/* The living env with this id; 0 means the caller. NULL. */
struct env *env_lookup(struct env *caller, envid_t id);

/* Whether the caller may act on the env, or on its memory only. */
static inline bool env_may_act(const struct env *caller, const struct env *env)
{
	return caller == env || env->info->controller == caller->id;
}

static inline bool env_may_page(const struct env *caller, const struct env *env)
{
	return env_may_act(caller, env) || env->info->pager == caller->id;
}

/* Whether the caller may have `env` filled with a copy of a page of `from` (NULL: there is none),
 * if the flags of a
 * SYS_PAGE_ALLOC ask for that. OK, E_PERM, E_BAD_ENV. */
static inline int env_copy_error(const struct env *caller, const struct env *env, uint32_t flags,
                                 const struct env *from)
{
	if (!(flags & PAGE_FILL) || from == env || (from && env_may_page(caller, from))) {
		return OK;
	}
	return from ? E_PERM : E_BAD_ENV;
}
