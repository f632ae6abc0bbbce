/* Scheduler hints: SYS_HINT, operand = enum hint. Advice with bounds, never an order.
 *
 *     ebx env (0 oneself)   esi value   edi time to live in ms (at most HINT_MS_MAX count)
 *
 * Result 1: taken; 0: ignored, and counted in the caller's record: no such env, no right to, or not
 * possible now. E_INVAL: no such kind or value. What a hint can do to others: see
 * docs/design/scheduling.md. More than HINTS_PER_TICK of an env in about a tick are ignored unseen;
 * queries are no hints, and without limit, for they take no lock. */
#pragma once

/* X(NAME, in, out, who may): advice that lives for a time. */
/* clang-format off */
#define HINT_LIST(X) \
	X(WEIGHT, \
	  "esi 1..HINT_WEIGHT_MAX: its slice is so many quanta; 1 unless said", \
	  "eax 1, 0", \
	  "its controller; oneself may only lower it") \
	X(CPU, \
	  "esi CPU: runs there rather than elsewhere", \
	  "eax 1, 0", \
	  "its controller, or oneself") \
	X(NEXT, \
	  "esi 1: goes to the head of its queue, now and whenever it becomes ready, once in a " \
	  "round", \
	  "eax 1, 0", \
	  "its controller")
/* clang-format on */

/* Likewise: what is over at once. */
/* clang-format off */
#define HINT_NOW_LIST(X) \
	X(YIELD_TO, \
	  "an env in the queue of this CPU runs on the rest of the caller's slice, and keeps " \
	  "its place in the queue; if ignored: as SYS_YIELD", \
	  "eax 1, 0", \
	  "anybody") \
	X(QUERY, \
	  "nothing more", \
	  "eax 0; ebx weight | preferred CPU + 1 << 8 | next << 16 | in a queue << 24, esi " \
	  "longest wait in us, edi slices, ebp hints ignored", \
	  "anybody") \
	X(QUERY_CPU, \
	  "esi CPU", \
	  "eax who caused the last breach of the bound, 0: nobody; ebx envs in its queue, esi " \
	  "longest wait in us, edi breaches, ebp ticks", \
	  "anybody")
/* clang-format on */

#define HINT_ENUM(name, in, out, who) HINT_##name,
enum hint { HINT_LIST(HINT_ENUM) HINT_KINDS, HINT_NOW_LIST(HINT_ENUM) };
#undef HINT_ENUM

#define HINT_WEIGHT_MAX 4
#define HINT_MS_MAX 60000
#define HINTS_PER_TICK 64
#define HINT_CHAIN_MAX 8 /* HINT_YIELD_TOs in one slice */

/* The env page's word `preempt`. Who sets HINT_NOT_NOW at the end of its slice gets an eighth of a
 * quantum more, once in a slice, taken off the next one of who began the turn (a caller, for its
 * servers); the kernel sets HINT_EXTENDED then. Take both back with one instruction (xchg), and
 * yield if you were extended. */
#define HINT_NOT_NOW 1u
#define HINT_EXTENDED 2u

/* Nobody waits longer than n * (HINT_WEIGHT_MAX * quantum + HINT_EXTENSION(quantum)), n envs being
 * ready or running on that CPU; a quantum is a tick. By an extension a turn gets longer than its
 * slice: one half is for HINT_NOT_NOW, the other for a timer that comes late. */
#define HINT_EXTENSION(quantum) ((quantum) / 4)
