/* Marks, reports, checks, and what else the parts have in common. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
#include "libsys/status.h"
#include "libsys/stdio.h"
#include "libsys/syscall.h"

struct bench_options bench_options = {.rounds = 3, .loops = 1};

static inline uint64_t read_counter(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A"(value) : : "memory");
	return value;
}

/* noipa: two addresses, called and not copied, though they do the same. */
__attribute__((noipa)) uint64_t mark_start(void)
{
	return read_counter();
}

__attribute__((noipa)) uint64_t mark_stop(void)
{
	return read_counter();
}

void report(const char *id, uint32_t size, uint32_t ops, uint64_t counts)
{
	printf("figure %s %u %u %llu\n", id, size, ops, counts);
}

void note(const char *name, uint32_t value)
{
	printf("note %s %u\n", name, value);
}

void call_failed(int status, const char *what)
{
	printf("bench: %s: %s\n", what, STATUS(status));
	exit(1);
}

void expect(bool good, const char *what)
{
	if (!good) {
		printf("bench: wrong: %s\n", what);
		exit(1);
	}
}

uint32_t times(uint32_t full, uint32_t brief)
{
	return bench_options.brief ? brief : full;
}

uint32_t pages_mapped(void)
{
	uint32_t count = 0;

	for (uint32_t page = 0; page < UTOP / PGSIZE; page++) {
		if (!(uvpd[page / 1024] & PTE_P)) {
			page |= 1023;
		} else if (uvpt[page] & PTE_P) {
			count++;
		}
	}
	return count;
}

/* ---- contents of pages ---- */

enum { WORDS = PGSIZE / 4, WORDS_BRIEF = 4 };

static volatile uint32_t *page_at(vaddr_t area, uint32_t page)
{
	return (volatile uint32_t *)(area + page * PGSIZE);
}

static uint32_t word_of(uint32_t page, uint32_t word)
{
	return (page * WORDS + word) * 2654435761u;
}

static uint32_t mark_of(uint32_t page, uint32_t mark)
{
	return ~word_of(page, mark);
}

void pages_mark(vaddr_t area, uint32_t npages, uint32_t mark)
{
	for (uint32_t page = 0; page < npages; page++) {
		page_at(area, page)[page % WORDS] = mark_of(page, mark);
	}
}

static uint32_t stride(void)
{
	return times(1, WORDS / WORDS_BRIEF);
}

void pages_fill(vaddr_t area, uint32_t npages)
{
	uint32_t step = stride();

	for (uint32_t page = 0; page < npages; page++) {
		for (uint32_t word = 0; word < WORDS; word += step) {
			page_at(area, page)[word] = word_of(page, word);
		}
	}
	pages_mark(area, npages, 0);
}

static bool page_is_right(vaddr_t area, uint32_t page, uint32_t mark)
{
	volatile uint32_t *words = page_at(area, page);
	uint32_t step = stride();

	for (uint32_t word = 0; word < WORDS; word += step) {
		if (word != page % WORDS && words[word] != word_of(page, word)) {
			return false;
		}
	}
	return words[page % WORDS] == mark_of(page, mark);
}

uint32_t pages_right(vaddr_t area, uint32_t npages, uint32_t mark)
{
	uint32_t right = 0;

	for (uint32_t page = 0; page < npages; page++) {
		right += page_is_right(area, page, mark);
	}
	return right;
}

/* ---- what else ---- */

struct partner partner_start(void (*body)(envid_t parent))
{
	envid_t parent = sys_self();
	struct ipc_msg hello = {.nwords = 0};
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0) {
		must(ipc_send(parent, &hello, 0), "hello");
		body(parent);
		exit(0);
	}
	do {
		must(ipc_recv(0, &hello, 0), "hello");
	} while (hello.from == 0);
	return (struct partner){pid, hello.from};
}

void partner_join(struct partner partner)
{
	struct process_end end;

	must(wait(partner.pid, &end, 0), "wait");
	expect(end.how == PM_END_EXIT && end.status == 0, "how a child ended");
}

volatile uint32_t *shared_start(void)
{
	must(sys_page_alloc(0, BENCH_SHARED | PTE_W | PTE_SHARE, 1), "shared page");
	return (volatile uint32_t *)BENCH_SHARED;
}

void shared_end(void)
{
	must(sys_page_unmap(0, BENCH_SHARED, 1), "shared page");
}

/* A loop of two instructions a turn: what the counter counts is instructions if it says so. */
void calibrate(void)
{
	enum { TURNS = 100000, LOOP = 2 };
	uint32_t turns = TURNS;
	uint64_t start = mark_start();

	asm volatile("1: decl %0; jnz 1b" : "+r"(turns));
	report("calibration", 0, TURNS * LOOP, mark_stop() - start);
}
