/* Scheduler hints: advice for the kernel (kernel/abi/hint.h, DESIGN.md "Scheduling and time"). None
 * blocks but sched_yield_to. `env` 0 is the caller itself; ms is how long the hint lives, at most
 * HINT_MS_MAX.
 *
 * The calls that give a hint return 1 if it was taken, 0 if it was ignored (stale id, not allowed,
 * not possible now, too many in a tick), E_INVAL for a value out of range. For processes:
 * process_hint. */
#pragma once

#include "kernel/abi/hint.h"
#include "kernel/abi/types.h"

/* Slices of `weight` quanta, 1..HINT_WEIGHT_MAX. The controller; the env itself may only lower
 * it. */
int sched_weight(envid_t env, uint32_t weight, uint32_t ms);
/* Rather on this CPU than elsewhere. The controller, or the env itself. */
int sched_cpu(envid_t env, uint32_t cpu, uint32_t ms);
/* To the head of its queue, now and whenever it becomes ready, once in a round. The controller. */
int sched_next(envid_t env, uint32_t ms);

/* The rest of the caller's slice is for `env`, if that is ready on this CPU; else this is sys_yield
 * and the result 0. Returns when the caller's turn comes. */
int sched_yield_to(envid_t env);

/* Between these the caller asks not to be preempted: the kernel grants an eighth of a quantum, once
 * in a slice. For short stretches, like holding a lock. If it was granted sched_release yields.
 * They do not nest. */
void sched_hold(void);
void sched_release(void);

struct sched_info {
	uint32_t weight;     /* 1 unless hinted */
	int cpu;             /* preferred CPU, -1 none */
	bool next;           /* goes to the head when it becomes ready */
	bool queued;         /* in a queue now */
	uint32_t longest_us; /* longest wait in a queue */
	uint32_t slices;     /* begun */
	uint32_t ignored;    /* hints it gave that were ignored */
};
/* What the kernel knows of any env. OK, E_BAD_ENV. */
int sched_query(envid_t env, struct sched_info *info);

struct sched_cpu_info {
	uint32_t queued;     /* envs in its queue */
	uint32_t longest_us; /* longest wait there */
	uint32_t breaches;   /* waits longer than the bound */
	uint32_t ticks;      /* timer interrupts */
	envid_t culprit;     /* who caused the last breach, 0 nobody */
};
/* OK; E_INVAL: no such CPU. */
int sched_query_cpu(uint32_t cpu, struct sched_cpu_info *info);
