// Handlers, nested too, compiled as for SSE2: their locals are aligned, and what they
// interrupt finds its registers as they were.
#include <inc/lib.h>

#define AREA 0x20000000
#define ROUNDS 16
#define DEEP 3

static volatile uint32_t faults, traps, depth;

static __attribute__((target("sse2"), noinline)) void use_stack(void)
{
	volatile struct {
		uint32_t word[4];
	} local __attribute__((aligned(16)));

	asm volatile("pcmpeqd %%xmm0, %%xmm0; movaps %%xmm0, %0" : "=m"(local));
	assert((local.word[0] & local.word[3]) == 0xFFFFFFFF);
}

static void set(uint32_t value)
{
	asm volatile("movd %0, %%xmm0" : : "r"(value));
}

static uint32_t get(void)
{
	uint32_t value;

	asm volatile("movd %%xmm0, %0" : "=r"(value));
	return value;
}

static void touch_at(uint32_t offset, uint32_t va)
{
	asm volatile("subl %0, %%esp; movl $1, (%1); addl %0, %%esp"
	             :
	             : "r"(offset), "r"(va)
	             : "memory", "cc");
}

static void trap_at(uint32_t offset)
{
	asm volatile("subl %0, %%esp; ud2; addl %0, %%esp" : : "r"(offset) : "memory", "cc");
}

static void fault(struct UTrapframe *utf)
{
	uint32_t page = utf->utf_fault_va & ~(PGSIZE - 1);

	faults++;
	use_stack();
	if (depth < DEEP) {
		depth++;
		set(depth);
		touch_at(depth * 4, page + PGSIZE);
		trap_at(depth * 4);
		assert(get() == depth);
		depth--;
	}
	if (sys_page_alloc(0, (void *)page, PTE_P | PTE_U | PTE_W) < 0)
		panic("no page");
	use_stack();
}

static void trap(struct UTrapframe *utf)
{
	traps++;
	use_stack();
	utf->utf_eip += 2;
}

void umain(int argc, char **argv)
{
	int i;

	use_stack();
	set_pgfault_handler(fault);
	set_exception_handler(trap);
	for (i = 0; i < ROUNDS; i++) {
		set(1000 + i);
		touch_at(i % 8 * 4, AREA + i * 16 * PGSIZE);
		trap_at(i % 8 * 4);
		assert(get() == 1000 + i);
	}
	assert(faults == ROUNDS * (DEEP + 1) && traps == ROUNDS * (DEEP + 1));
	cprintf("ssehandlers: all right\n");
}
