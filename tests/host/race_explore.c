/* The explorer: executions that differ in who goes on at marked points. Each begins from a copy of
 * all static data; the explorer's own is on the heap. A CPU is a context with a stack of its own,
 * which starts anew at each entry. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/host/race.h"

enum { STACK = 128 * 1024, OPTIONS = 4 * RACE_CPUS_MAX, CHOICES = 100000, POLICIES = 3 };

struct option {
	uint8_t cpu, event;
	bool early; /* a timer interrupt whose time has not come */
};

struct choice {
	uint8_t taken, of;
};

struct explorer {
	struct race_bounds bounds;
	uint32_t policy;
	uint64_t executions, seed;
	struct choice choices[CHOICES];
	uint32_t
		/* those of this execution and of the one before, up to where they differ */
		nchoices;
	/* Of this execution. */
	uint32_t at, deviations, ticks, steps;
	struct option next;
	void *main, *cpus[RACE_CPUS_MAX]; /* stack pointers of those that do not execute */
	char *stacks[RACE_CPUS_MAX];
	const void *bottom; /* of the stack of main */
	size_t size_of_main;
	bool failed;
	size_t size;
	uint64_t *copy;
};

static struct explorer *x;
struct race_side race_sides[RACE_CPUS_MAX];
bool race_told;

/* ---- failure ---- */

void race_say(const char *format, ...)
{
	va_list args;

	if (!race_told) {
		return;
	}
	printf("  %u: ", race_cpu ? race_cpu->index : 0);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void print_choices(void)
{
	static const char *const names[POLICIES] = {"go on", "turns by entry", "turns by point"};

	printf("schedule: %s, but:", names[x->policy]);
	for (uint32_t i = 0; i < x->nchoices && i < x->at; i++) {
		if (x->choices[i].taken) {
			printf(" %u:%u", i, x->choices[i].taken);
		}
	}
	printf("\n");
	fflush(stdout);
}

static void execute(void);
static void make_stacks(void);

/* The execution is made once more, and told, on stacks of its own: this may be one that it
 * needs. */
_Noreturn void race_fail(const char *format, ...)
{
	va_list args;

	if (!x->failed) {
		x->failed = true;
		print_choices();
		make_stacks();
		execute();
		world_check_end();
		printf("the second time it was so; the first time:\n");
	}
	va_start(args, format);
	printf("NOT SO: ");
	vprintf(format, args);
	va_end(args);
	printf(" (execution %llu)\n", (unsigned long long)x->executions + 1);
	fflush(stdout);
	_exit(1);
}

void __sanitizer_set_death_callback(void (*)(void)) __attribute__((weak));

/* ---- static data ---- */

extern char __data_start[], _end[];

/* Static data has guards that are not to be read, so memcpy would be refused. */
#define PLAIN                                                                                      \
	__attribute__((no_sanitize("address", "undefined"),                                        \
	               optimize("no-tree-loop-distribute-patterns")))

static PLAIN void copy_words_plain(uint64_t *to, const uint64_t *from, size_t bytes)
{
	for (size_t i = 0; i < bytes / 8; i++) {
		to[i] = from[i];
	}
}

static uint64_t *static_data(void)
{
	return (uint64_t *)(((uintptr_t)__data_start + 7) & ~(uintptr_t)7);
}

/* ---- choices ---- */

static uint32_t random_below(uint32_t limit)
{
	x->seed ^= x->seed << 13;
	x->seed ^= x->seed >> 7;
	x->seed ^= x->seed << 17;
	return (uint32_t)(x->seed >> 32) % limit;
}

/* One of n; 0 is what happens by itself. */
static uint32_t choose(uint32_t n)
{
	struct choice *choice = &x->choices[x->at];

	if (n <= 1 || (!x->bounds.random && x->deviations == x->bounds.deviations)) {
		return 0;
	}
	if (x->at == x->nchoices) {
		if (x->nchoices == CHOICES) {
			return 0;
		}
		x->nchoices++;
		choice->of = n;
		choice->taken = x->bounds.random ? random_below(n) : 0;
	}
	x->at++;
	x->deviations += choice->taken != 0;
	return choice->taken;
}

/* The next way; false: there is none. */
static bool next_way(void)
{
	while (x->nchoices &&
	       x->choices[x->nchoices - 1].taken + 1 >= x->choices[x->nchoices - 1].of) {
		x->nchoices--;
	}
	if (!x->nchoices) {
		return false;
	}
	x->choices[x->nchoices - 1].taken++;
	return true;
}

/* ---- who can go on ---- */

static void add(struct option *options, uint32_t *n, uint32_t cpu, enum race_event event,
                bool early)
{
	options[(*n)++] = (struct option){cpu, event, early};
}

/* What this CPU can do now; the timer's interrupt only if it is due. */
static void add_cpu(struct option *options, uint32_t *n, uint32_t cpu)
{
	const struct race_side *side = &race_sides[cpu];

	if (side->mode == RACE_KERNEL) {
		if (side->waits ? side->poked : !side->paused) {
			add(options, n, cpu, RACE_GO_ON, false);
		}
		return;
	}
	if (side->poked) {
		add(options, n, cpu, RACE_POKE, false);
	}
	if (side->timed && side->due <= race_tsc) {
		add(options, n, cpu, RACE_TIMER, false);
	}
	if (side->mode == RACE_USER_MODE && world_acts(cpus[cpu].env)) {
		add(options, n, cpu, RACE_USER, false);
	}
}

/* Time passes up to the first interrupt of a timer, while nobody is in the kernel: what is in it
 * takes no time. */
static void add_timer(struct option *options, uint32_t *n)
{
	uint32_t first = RACE_CPUS_MAX;

	for (uint32_t i = 0; i < cpu_count; i++) {
		const struct race_side *side = &race_sides[i];

		if (side->mode == RACE_KERNEL || (side->timed && side->due <= race_tsc)) {
			return;
		}
		if (side->timed && (first == RACE_CPUS_MAX || side->due < race_sides[first].due)) {
			first = i;
		}
	}
	if (first < RACE_CPUS_MAX && (*n == 0 || x->ticks < x->bounds.ticks)) {
		add(options, n, first, RACE_TIMER, *n > 0);
	}
}

/* In the order of the schedule. */
static uint32_t options_of(struct option *options)
{
	uint32_t n = 0, current = race_cpu->index, count = cpu_count;
	bool stays = x->policy == 0 || (x->policy == 1 && race_sides[current].mode == RACE_KERNEL);

	for (uint32_t i = 0; i < count; i++) {
		add_cpu(options, &n, (current + i + !stays) % count);
	}
	add_timer(options, &n);
	return n;
}

/* Chooses what comes next. False: nothing can. */
static bool decide(void)
{
	struct option options[OPTIONS];
	uint32_t n = options_of(options);

	if (n == 0) {
		return false;
	}
	if (++x->steps == RACE_STEPS_MAX) {
		race_fail("no end after %u steps", x->steps);
	}
	x->next = options[choose(n)];
	x->ticks += x->next.early;
	for (uint32_t i = 0; i < cpu_count; i++) {
		if (i != x->next.cpu) {
			race_sides[i].paused = false;
			race_sides[i].changed = true;
		}
	}
	return true;
}

/* ---- contexts ---- */

/* Leaves this stack, whose pointer goes to *from, for another. The C library's swapcontext is five
 * times slower: it asks the host's kernel for the signal mask. */
void race_switch(void **from, void *to);
asm(".pushsection .text\n"
    "race_switch:\n"
    "	push %rbp\n"
    "	push %rbx\n"
    "	push %r12\n"
    "	push %r13\n"
    "	push %r14\n"
    "	push %r15\n"
    "	mov %rsp, (%rdi)\n"
    "	mov %rsi, %rsp\n"
    "	pop %r15\n"
    "	pop %r14\n"
    "	pop %r13\n"
    "	pop %r12\n"
    "	pop %rbx\n"
    "	pop %rbp\n"
    "	ret\n"
    ".popsection\n");

/* The address sanitizer wants to be told. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(fake, bottom, size) ((void)(fake))
#define __sanitizer_finish_switch_fiber(fake, bottom, size) ((void)(fake))
#define __asan_unpoison_memory_region(address, size) ((void)0)
#endif

static void to_cpu(uint32_t cpu)
{
	void *fake = NULL;

	__sanitizer_start_switch_fiber(&fake, x->stacks[cpu], STACK);
	race_switch(&x->main, x->cpus[cpu]);
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

static void to_main(void)
{
	void *fake = NULL;

	__sanitizer_start_switch_fiber(&fake, x->bottom, x->size_of_main);
	race_switch(&x->cpus[race_cpu->index], x->main);
	__sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

static void side_main(void)
{
	__sanitizer_finish_switch_fiber(NULL, &x->bottom, &x->size_of_main);
	race_enter(x->next.event);
}

/* An empty stack, as race_switch leaves it, below the address of side_main and one to return to,
 * which is never used. */
static void begin(uint32_t cpu)
{
	void **top = (void **)(x->stacks[cpu] + STACK);

	__asan_unpoison_memory_region(x->stacks[cpu], STACK);
	*--top = NULL;
	*--top = (void *)side_main;
	x->cpus[cpu] = memset(top - 6, 0, 6 * sizeof(*top));
}

/* x->next happens. Comes back when that CPU has stopped at a point and another goes on, or has left
 * the kernel. */
static void perform(void)
{
	uint32_t cpu = x->next.cpu;
	struct race_side *side = &race_sides[cpu];

	race_cpu = &cpus[cpu];
	race_describe(x->next.event);
	if (side->mode != RACE_KERNEL) {
		if (x->next.event == RACE_TIMER && race_tsc < side->due) {
			race_tsc = side->due;
		}
		side->mode = RACE_KERNEL;
		begin(cpu);
	}
	to_cpu(cpu);
}

/* To whoever goes on; back when that is this CPU. */
static void pass_on(void)
{
	uint32_t cpu = race_cpu->index;

	if (!decide()) {
		x->next.cpu = RACE_CPUS_MAX;
	}
	if (x->next.cpu != cpu) {
		to_main();
	}
}

void race_point(void)
{
	if (race_cpu && race_sides[race_cpu->index].mode == RACE_KERNEL) {
		pass_on();
	}
}

void race_pause(bool may_halt)
{
	struct race_side *side = &race_sides[race_cpu->index];

	if (may_halt && side->impatient) {
		return;
	}
	side->paused = !side->changed; /* what it saw is how it is */
	pass_on();
	side->changed = false;
	if (may_halt &&
	    choose(2) == (x->policy != 2)) { /* else, CPUs that take turns would look for long */
		race_say("has looked for the lock often enough");
		side->impatient = true;
	}
}

void race_wait(void)
{
	struct race_side *side = &race_sides[race_cpu->index];

	side->impatient = false;
	side->waits = true;
	race_say("halts until a poke comes");
	pass_on();
	side->waits = side->poked = false;
}

_Noreturn void race_leave(enum race_mode mode)
{
	struct race_side *side = &race_sides[race_cpu->index];

	side->mode = mode;
	side->impatient = false;
	if (!decide()) {
		x->next.cpu = RACE_CPUS_MAX;
	}
	to_main();
	abort();
}

/* ---- executions ---- */

static void execute(void)
{
	x->at = x->deviations = x->ticks = x->steps = 0;
	copy_words_plain(static_data(), x->copy, x->size);
	race_told = x->failed;
	if (decide()) {
		while (x->next.cpu < RACE_CPUS_MAX) {
			perform();
		}
	}
}

static void make_stacks(void)
{
	for (uint32_t i = 0; i < RACE_CPUS_MAX; i++) {
		x->stacks[i] = malloc(STACK);
	}
}

static void make_explorer(const struct race_bounds *bounds)
{
	x = calloc(1, sizeof(*x));
	x->bounds = *bounds;
	x->seed = 88172645463325252u;
	x->size = (_end - (char *)static_data()) & ~(size_t)7;
	x->copy = malloc(x->size);
	make_stacks();
	copy_words_plain(x->copy, static_data(), x->size);
	if (__sanitizer_set_death_callback) {
		__sanitizer_set_death_callback(print_choices);
	}
}

uint64_t race_explore(const struct race_bounds *bounds)
{
	make_explorer(bounds);
	for (x->policy = 0; x->policy < POLICIES; x->policy++) {
		uint64_t first = x->executions;

		do {
			if (bounds->random) {
				x->nchoices = 0;
			}
			execute();
			world_check_end();
			x->executions++;
		} while (bounds->random ? x->executions - first < bounds->random : next_way());
	}
	return x->executions;
}
