/* What the parts of `bench` share. Each part is one row or two of the table in docs/performance.md:
 * it prepares, marks the start, works, marks the stop, checks what the work left behind,
 * reports. */
#pragma once

#include "kernel/abi/types.h"
#include "libsys/process.h"

/* Memory that no program has by itself: each part uses it and leaves it unmapped. */
#define BENCH_AREA 0x90000000u   /* pages to work on */
#define BENCH_WINDOW 0xA0000000u /* where pages arrive */
#define BENCH_SHARED 0xB0000000u /* one page that forks share */

enum { BENCH_LOOPS_MAX = 16 };

struct bench_options {
	bool brief;      /* a trace is written: as little work as shows the cost */
	uint32_t rounds; /* of each measurement */
	uint32_t loops;  /* side by side, 1..BENCH_LOOPS_MAX: parts of scale.c */
};
extern struct bench_options bench_options;

/* The counter of the processor (rdtsc): instructions under -icount. The addresses of these two are
 * the marks by which scripts/bench finds the work in a trace. */
uint64_t mark_start(void);
uint64_t mark_stop(void);

/* Prints a measurement: `ops` times the work of row `id` took that many counts. `size` is
 * what the cost may depend on (pages, words), 0 where nothing is. */
void report(const char *id, uint32_t size, uint32_t ops, uint64_t counts);
/* Prints a fact about a measurement; of scale.c, the per mille of their time that the CPUs waited
 * for the kernel lock. */
void note(const char *name, uint32_t value);

/* End the program, with a line: a call failed; if a result is wrong; if a call failed. */
_Noreturn void call_failed(int status, const char *what);
void expect(bool good, const char *what);
static inline void must(int status, const char *what)
{
	if (status < 0) {
		call_failed(status, what);
	}
}

/* `full`, or less of it in a brief run. */
uint32_t times(uint32_t full, uint32_t brief);

/* Present entries of the own page tables below UTOP. */
uint32_t pages_mapped(void);

/* Contents for whole pages: every word of every page has a value of its own, and in each page one
 * word is a mark. In a brief run only a few words of each page are looked at. `area` is where the
 * first page is. */
void pages_fill(vaddr_t area, uint32_t npages); /* marked 0 */
void pages_mark(vaddr_t area, uint32_t npages, uint32_t mark);
/* How many have what was filled in, and that mark. */
uint32_t pages_right(vaddr_t area, uint32_t npages, uint32_t mark);

/* A child that does its part when asked. */
struct partner {
	pid_t pid;
	envid_t env;
};
/* Forks a child that says hello and then runs body(parent's env), which returns when told to. */
struct partner partner_start(void (*body)(envid_t parent));
/* Waits for its end, which must be a good one. */
void partner_join(struct partner partner);

/* A page of memory that the program and its forks share, zeroed; gone with shared_end. */
volatile uint32_t *shared_start(void);
void shared_end(void);

void calibrate(void);
void bench_system_call(void); /* B1 */
void bench_message(void);     /* B2 */
void bench_yield(void);       /* B3 */
void bench_fork(void);        /* B4 */
void bench_big_fork(void);    /* B5 */
void bench_fork_after(void);  /* B4 again, after many pages came and went */
void bench_cow(void);         /* B6 */
void bench_zero_fill(void);   /* B7 */
void bench_pager(void);       /* B8 */
void bench_map(void);         /* B9 */
void bench_grant(void);

/* Shapes of the same that might cost more than they should; nobody's targets. */
void shape_forks(void);
void shape_exits(void);
void shape_message(void);

void scale_messages(void);
void scale_pages(void);
void scale_mixed(void);
void scale_forks(void);
void scale_cow(void);
