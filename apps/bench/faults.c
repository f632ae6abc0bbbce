/* B6 and B7: page faults that the process's fault path settles: a write to a page shared since a
 * fork, and the first write to a page that is marked zero-filled. */
#include "apps/bench/bench.h"
#include "libsys/stdlib.h"
#include "libsys/string.h"
#include "libsys/syscall.h"

enum {
	BYTE = 1234, /* which byte of a page is written */
	SIZES = 4,
	FILL = 0x5A,
};

static const uint32_t sizes[SIZES] = {16, 64, 256, 1024};

/* Work of this file is measured on this many pages at a time. */
typedef void measure_fn(uint32_t npages, uint32_t seed);

static void for_all_sizes(measure_fn *measure)
{
	for (uint32_t i = 0; i < SIZES; i++) {
		if (!bench_options.brief || sizes[i] == 64) {
			measure(sizes[i], i);
		}
	}
}

static uint8_t value_of(uint32_t page, uint32_t seed)
{
	return (uint8_t)(page * 7 + seed + 1);
}

/* Writes one byte of each page; counts. */
static uint64_t touch(volatile uint8_t *area, uint32_t npages, uint32_t seed)
{
	uint64_t start = mark_start();

	for (uint32_t page = 0; page < npages; page++) {
		area[page * PGSIZE + BYTE] = value_of(page, seed);
	}
	return mark_stop() - start;
}

/* Whether each page is `fill` everywhere but for the byte that touch() wrote, if `touched`. */
static bool pages_are(const uint8_t *area, uint32_t npages, uint8_t fill, bool touched,
                      uint32_t seed)
{
	static uint8_t expected[PGSIZE];

	memset(expected, fill, PGSIZE);
	for (uint32_t page = 0; page < npages; page++) {
		expected[BYTE] = touched ? value_of(page, seed) : fill;
		if (memcmp(area + page * PGSIZE, expected, PGSIZE) != 0) {
			return false;
		}
	}
	return true;
}

static void child_of_cow(uint8_t *area, uint32_t npages, uint32_t seed)
{
	uint64_t counts = touch(area, npages, seed);

	expect(pages_are(area, npages, FILL, true, seed), "the child's pages");
	report("B6", npages, npages, counts);
	exit(0);
}

static void measure_cow(uint32_t npages, uint32_t seed)
{
	struct process_end end;
	uint8_t *area = sbrk((intptr_t)(npages * PGSIZE));
	pid_t pid;

	expect(area != (void *)-1 && (vaddr_t)area % PGSIZE == 0, "memory");
	memset(area, FILL, npages * PGSIZE);
	pid = fork();
	must(pid, "fork");
	if (pid == 0) {
		child_of_cow(area, npages, seed);
	}
	must(wait(pid, &end, 0), "wait");
	expect(end.how == PM_END_EXIT && end.status == 0, "how a child ended");
	expect(pages_are(area, npages, FILL, false, seed), "the parent's pages");
	(void)sbrk(-(intptr_t)(npages * PGSIZE));
}

void bench_cow(void)
{
	for_all_sizes(measure_cow);
}

/* On every path absent entries with this mark become zero pages (kernel/abi/page.h). */
static void measure_zero_fill(uint32_t npages, uint32_t seed)
{
	uint64_t counts;

	must(page_mark_all(0, BENCH_AREA, PTE_ZERO_FILL, npages), "marking pages");
	counts = touch((volatile uint8_t *)BENCH_AREA, npages, seed);
	expect(pages_are((const uint8_t *)BENCH_AREA, npages, 0, true, seed), "zero-filled pages");
	must(page_unmap_all(0, BENCH_AREA, npages), "unmapping pages");
	report("B7", npages, npages, counts);
}

void bench_zero_fill(void)
{
	for_all_sizes(measure_zero_fill);
}
