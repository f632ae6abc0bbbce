/* A stack that grows without end runs into its guard page, which ends the
 * process with a line saying where. */
#include "protocols/pager.h"
#include "tests/guest/memory.h"

static volatile uint32_t depth;

static uint32_t __attribute__((noinline)) recurse(uint32_t n)
{
	volatile char frame[256];

	frame[0] = (char)n;
	if (n == ~0u) { /* never reached */
		return 0;
	}
	depth = n;
	return recurse(n + 1) + frame[0];
}

static void overflow(void)
{
	(void)recurse(0);
}

/* Far, but not too far. */
static void use_most(void)
{
	for (vaddr_t va = USTACKTOP - PGSIZE; va >= STACK_BOTTOM; va -= PGSIZE) {
		CHECK_EQ(words_at(va)[0] & 0, 0);
	}
	words_at(STACK_BOTTOM)[0] = 1;
}

static void touch_guard(void)
{
	words_at(STACK_BOTTOM)[-1] = 1;
}

int main(void)
{
	char wanted[40];
	struct process_end end = end_of(start_child(overflow));
	const uint32_t guard = (STACK_BOTTOM - PGSIZE) >> PGSHIFT;

	CHECK_EQ(end.how, PM_END_FAULT);
	snprintf(wanted, sizeof(wanted), "fault at 0x%05x", guard);
	if (strstr(end.why, wanted) == NULL) {
		printf("\"%s\" does not say \"%s\"\n", end.why, wanted);
		return 1;
	}
	check_child(use_most);
	check_child_faults(touch_guard, wanted);
	return 0;
}
