/* Handlers of faults and exceptions are entered as C wants it, nested ones too: with an aligned
 * stack, and FPU and SSE registers that are theirs to use. What they interrupt keeps what it had
 * there. */
#include "libsys/fault.h"
#include "libsys/syscall.h"
#include "tests/guest/sse.h"

enum { AREA = 0x20000000, ROUNDS = 20, DEEP = 2 };

static volatile uint32_t faults, exceptions, depth;

/* Of the interrupted code's stack pointer modulo 16, by C or by hand: as the frame, so the nested
 * one lies. */
static void trap_at(uint32_t offset)
{
	asm volatile("subl %0, %%esp\n\tud2\n\taddl %0, %%esp" ::"r"(offset) : "memory", "cc");
}

static void touch_at(uint32_t offset, volatile uint32_t *where)
{
	asm volatile("subl %0, %%esp\n\tmovl $1, (%1)\n\taddl %0, %%esp" ::"r"(offset), "r"(where)
	             : "memory", "cc");
}

static void page_fault(struct utrapframe *utf)
{
	vaddr_t page = utf->fault_va & ~(PGSIZE - 1);

	faults++;
	sse_use_stack();
	if (depth < DEEP) {
		depth++;
		sse_fill(depth);
		touch_at(depth * 4, (volatile uint32_t *)(page + PGSIZE));
		sse_check(depth);
		sse_fill(depth + 100);
		trap_at(depth * 4);
		sse_check(depth + 100);
		depth--;
	}
	CHECK_EQ(sys_page_alloc(0, page | PTE_W, 1), 1);
	sse_use_stack();
}

static void exception(struct utrapframe *utf)
{
	exceptions++;
	sse_use_stack();
	CHECK_EQ(utf->fault_va, 6);
	utf->eip += 2;
}

int main(void)
{
	sse_use_stack();
	(void)fault_set_handler(page_fault);
	(void)fault_set_exception_handler(exception);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		sse_fill(i * 1000);
		touch_at(i % 8 * 4, (volatile uint32_t *)(AREA + i * 16 * PGSIZE));
		sse_check(i * 1000);
		sse_fill(i * 1000 + 500);
		trap_at(i % 8 * 4);
		sse_check(i * 1000 + 500);
	}
	CHECK_EQ(faults, ROUNDS * (DEEP + 1));
	CHECK_EQ(exceptions, ROUNDS * (DEEP + 1));
	return 0;
}
