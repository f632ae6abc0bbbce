/* After a fork, what a process writes to its data, bss, heap or stack is seen
 * by no relative: neither by the child, the parent, nor the grandchild. Each
 * checks after all have written. */
#include "libsys/stdlib.h"
#include "tests/guest/memory.h"

enum { PAGES = 24 };

static uint32_t data[PAGES * WORDS] = {1};
static uint32_t bss[PAGES * WORDS];
static uint32_t *heap, *stack;

static void set_all(uint32_t tag)
{
	for (uint32_t i = 0; i < PAGES * WORDS; i += WORDS / 4) {
		data[i] = bss[i] = heap[i] = stack[i] = tag + i;
	}
}

static void check_all(uint32_t tag)
{
	for (uint32_t i = 0; i < PAGES * WORDS; i += WORDS / 4) {
		CHECK_EQ(data[i], tag + i);
		CHECK_EQ(bss[i], tag + i);
		CHECK_EQ(heap[i], tag + i);
		CHECK_EQ(stack[i], tag + i);
	}
}

static void grandchild(void)
{
	check_all(0x20000);
	set_all(0x30000);
	check_all(0x30000);
}

static void child(void)
{
	check_all(0x10000);
	set_all(0x20000);
	check_child(grandchild);
	check_all(0x20000);
}

/* Writes while the parent does, too. */
static void racing_child(void)
{
	check_all(0x10000);
	set_all(0x50000);
	check_all(0x50000);
}

int main(void)
{
	uint32_t on_stack[PAGES * WORDS];
	pid_t racer;

	stack = on_stack;
	heap = malloc(sizeof(on_stack));
	CHECK(heap != NULL);
	set_all(0x10000);
	check_child(child);
	check_all(0x10000);

	racer = start_child(racing_child);
	set_all(0x40000);
	check_all(0x40000);
	CHECK_EQ(end_of(racer).status, 0);
	check_all(0x40000);
	return 0;
}
