/* Marks, reports, checks, and what else the parts have in common. */
#include "apps/bench/bench.h"
#include "libsys/ipc.h"
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
	printf("bench: %s: %e\n", what, status);
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
