/* The race explorer: the kernel's own files, compiled for the host, on two or three processors that
 * this program plays. It executes a small world (envs with scripts) again and again, each time with
 * another interleaving, until it has seen all up to a bound, and holds the state against the
 * invariants below whenever the kernel lock is given back, and at the end.
 *
 * Real: runqueue.c, sched.c, hint.c, ipc.c, faultcall.c, fault.c, env.c, envcall.c, syscall.c,
 * clock.c, cpu.c, lock.c, trap.c. Played (race_machine.c): the processor, local APICs, memory, page
 * calls. Not here: nasm/; what its fast paths build on is invariant 8. Memory is sequentially
 * consistent.
 *
 * A marked point is a place where another CPU may go on: each atomic access, poke, load of CR3, and
 * pause of the kernel; each entry from user mode, by `int` or `sysenter`, by the timer, or by a
 * poke; and each return. So finer locks need nothing here.
 *
 * The bound. A schedule says at each point who goes on if nobody interferes. There are three: a CPU
 * goes on until it waits or halts; CPUs take turns at each entry; they take turns at each point.
 * What is executed is every way to depart from each of these at most `deviations` times, with at
 * most `ticks` timer interrupts that come before they must. Beyond that, `--random` takes a random
 * way at each point.
 *
 * Invariants:
 *   1. An env that lives, and neither waits nor is stopped, is in one queue or runs on one CPU; any
 *      other is nowhere. Rings and their counts are whole.
 *   2. No CPU is idle while an env is in a queue (but for a receiver that publishes).
 *   3. At the end each script is done, or waits for what nobody sends. Nobody waits for the dead,
 *      for a lock, or for a CPU.
 *   4. Who waits to send is in its receiver's queue, once, and nobody else is.
 *   5. A message arrives once, whole, at whom it was sent to, from whom it says, or its sender has
 *      an error. A sender that has an error was not heard, one that has none was. The registers of
 *      the dead do not change.
 *   6. An answer goes to who asked, and answers what it asked. Bits raised are received, once.
 *   7. An id that died is never another's. Nobody is told that a partner died, or does not exist,
 *      that lives.
 *   8. The fast path is open (`fast_partner`) only to who waits, without a clock, not stopped, and
 *      for its partner.
 *   9. One CPU at a time has the lock. A CPU resumes the env that it owns. A space is loaded on the
 *      CPU of its env and no other, never while it is torn down, and no translation is older than
 *      the last shootdown.
 *  10. No wait in a queue breaks the bound (runqueue.c). Time-outs are not early. */
#pragma once

#include "kernel/cpu/cpu.h"
#include "kernel/env/env.h"

/* ---- race_explore.c ---- */

enum { RACE_CPUS_MAX = 3, RACE_STEPS_MAX = 5000 };

enum race_event { RACE_GO_ON, RACE_POKE, RACE_TIMER, RACE_USER };

struct race_bounds {
	uint32_t deviations, ticks;
	uint32_t random; /* executions, with random choices; 0: all within the bounds */
	uint32_t most;   /* executions that are too many; 0: none */
};

/* Explores from the present state of all static data on. Executions. */
uint64_t race_explore(const struct race_bounds *bounds);

/* An invariant does not hold: prints that and the execution, and ends the program. */
_Noreturn void race_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line about what happens, in the execution that race_fail prints. */
void race_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern bool race_told; /* that is on */

/* What a CPU does. */
enum race_mode { RACE_USER_MODE, RACE_HALTED, RACE_KERNEL };

struct race_side {
	enum race_mode mode;
	bool paused;    /* in a loop that nothing but another CPU can end */
	bool changed;   /* another CPU went on since it looked */
	bool impatient; /* has looked often enough, and will halt */
	bool waits;     /* halted in the kernel, for a poke */
	bool poked;     /* an interrupt that is to come */
	bool timed;     /* the timer is set, for `due` */
	uint64_t due;
	uint32_t cr3, tlb; /* the space that is loaded, and the age of the translations of it */
};
extern struct race_side race_sides[RACE_CPUS_MAX];

void race_point(void);
void race_pause(bool may_halt);
void race_wait(void);
_Noreturn void race_leave(enum race_mode mode);

/* ---- race_machine.c ---- */

extern uint64_t race_tsc;
extern struct cpu *race_cpu, *race_owner; /* who executes; who has the lock */
extern uint32_t race_spaces[NENV];        /* age of each space: how often a mapping went away */

/* A machine of n CPUs that halt. */
void race_machine_start(uint32_t n);
/* Executes the event on race_cpu, up to its return to user mode. */
_Noreturn void race_enter(enum race_event event);
/* Before it: what the CPU is about to do. */
void race_describe(enum race_event event);

/* ---- race_world.c ---- */

/* Whether the env, which is in user mode, does something by itself; it only calculates else. */
bool world_acts(const struct env *env);
/* It does that: its registers are those of a system call (VEC_SYSENTER, SYSCALL_VECTOR) or of a
 * fault (VEC_PAGE_FAULT), or its script goes on (0). The vector. */
uint32_t world_act(struct env *env);
/* A timer interrupt found it calculating. */
void world_tick(struct env *env);
/* The lock is given back; nothing can happen any more. */
void world_check(void);
void world_check_end(void);
