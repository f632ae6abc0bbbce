/* Every exception that a program can raise reaches its handler, which repairs what it can and goes on;
 * page faults go their own way at the same time. */
#include <inc/lib.h>

static const char *name_of(uint32_t number)
{
	switch (number) {
	case T_DIVIDE: return "divide error";
	case T_DEBUG: return "debug";
	case T_BRKPT: return "breakpoint";
	case T_OFLOW: return "overflow";
	case T_BOUND: return "bound range";
	case T_ILLOP: return "invalid opcode";
	case T_GPFLT: return "general protection";
	case T_FPERR: return "floating point";
	default: return "other";
	}
}

static volatile uint32_t last; /* number of the last exception */
static volatile int steps;
static uintptr_t go_on; /* where, after a fault that would come again; 0: where it was */
static volatile int *const absent = (volatile int *)0xA00000;

static void handle(struct UTrapframe *utf)
{
	last = utf->utf_fault_va;
	*absent = 1; /* a page fault inside the handler, the first time */
	if (last == T_DEBUG) {
		steps++;
		if (steps == 3) {
			utf->utf_eflags &= ~FL_TF;
		}
	}
	utf->utf_eflags &= ~FL_AC;
	if (go_on) {
		utf->utf_eip = go_on;
		go_on = 0;
	}
}

static void supply(struct UTrapframe *utf)
{
	sys_page_alloc(0, ROUNDDOWN((void *)utf->utf_fault_va, PGSIZE), PTE_P | PTE_U | PTE_W);
}

static void report(uint32_t number)
{
	if (last != number) {
		panic("exception %u instead of %u", last, number);
	}
	cprintf("exception %d (%s) handled\n", number, name_of(number));
	sys_page_unmap(0, (void *)absent);
}

/* Runs one instruction that raises exception `number`, which goes on behind it. */
#define RAISE(number, instruction, ...)                                                            \
	do {                                                                                       \
		asm volatile("movl $1f, %0\n\t" instruction "\n1:"                                 \
		             : "=m"(go_on)                                                         \
		             : __VA_ARGS__                                                         \
		             : "eax", "edx", "cc", "memory");                                      \
		report(number);                                                                    \
	} while (0)

static void single_step(void)
{
	uint32_t count = 0;

	asm volatile("pushfl; orl %1, (%%esp); popfl\n\t"
	             "incl %0; incl %0; incl %0; incl %0"
	             : "+r"(count)
	             : "i"(FL_TF)
	             : "cc", "memory");
	if (steps != 3 || count != 4) {
		panic("%d steps, count %u", steps, count);
	}
	report(T_DEBUG);
}

void umain(int argc, char **argv)
{
	static const int bounds[2] = {1, 2};
	static const uint16_t wrong_control = 0x0300; /* all floating-point exceptions on */

	set_exception_handler(handle);
	set_pgfault_handler(supply);
	RAISE(T_DIVIDE, "xorl %%edx, %%edx; movl $1, %%eax; divl %%edx", "i"(0));
	single_step();
	RAISE(T_BRKPT, "int3", "i"(0));
	RAISE(T_OFLOW, "movl $0x7fffffff, %%eax; addl $1, %%eax; into", "i"(0));
	RAISE(T_BOUND, "movl $5, %%eax; boundl %%eax, %1", "m"(bounds));
	RAISE(T_ILLOP, "ud2", "i"(0));
	RAISE(T_GPFLT, "cli", "i"(0));
	RAISE(T_GPFLT, "movl $0x28, %%eax; movw %%ax, %%es", "i"(0));
	RAISE(T_FPERR, "fninit; fldcw %1; fldz; fld1; fdivp; fwait; fnclex", "m"(wrong_control));
	asm volatile("fnclex; fninit");
	set_exception_handler(0);
	cprintf("without the handler, the program ends\n");
	breakpoint();
}
