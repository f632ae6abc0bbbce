/* Every register and flag is as it was when a handled page fault is over: for a fault on the ordinary
 * stack, and for one inside a handler, on the exception stack. */
#include <inc/lib.h>

struct regs {
	struct PushRegs regs;
	uintptr_t eip;
	uint32_t eflags;
	uintptr_t esp;
};

enum { FLAGS = FL_CF | FL_PF | FL_AF | FL_ZF | FL_SF | FL_OF };

/* Addresses with no page, until the handler supplies one. */
static uint32_t *const outer_page = (uint32_t *)0xA00000;
static uint32_t *const inner_page = (uint32_t *)0xB00000;

/* Of the fault that is under way: what the registers should be, what the handler saw, what they
 * were afterwards. */
static struct regs before, during, after;

#define FIELD(name) "i"(&name)

/* Loads every register from `before`, faults by storing eax at `va`, which it also does for real,
 * and stores every register in `after`. No instruction between needs a register or changes a flag. */
#define FAULT_AT(va)                                                                               \
	asm volatile(                                                                              \
		"pushal\n\tpushfl\n\t"                                                             \
		"pushl %c[flags]\n\tpopfl\n\tpushfl\n\tpopl %c[flags]\n\t"                         \
		"movl $1f, %c[eip]\n\tmovl %%esp, %c[esp]\n\t"                                     \
		"movl %c[regs]+0, %%edi\n\tmovl %c[regs]+4, %%esi\n\t"                             \
		"movl %c[regs]+8, %%ebp\n\tmovl %c[regs]+16, %%ebx\n\t"                            \
		"movl %c[regs]+20, %%edx\n\tmovl %c[regs]+24, %%ecx\n\t"                           \
		"movl %c[regs]+28, %%eax\n"                                                        \
		"1:\tmovl %%eax, %c[page]\n\t"                                                     \
		"movl %%edi, %c[out]+0\n\tmovl %%esi, %c[out]+4\n\t"                               \
		"movl %%ebp, %c[out]+8\n\tmovl %%ebx, %c[out]+16\n\t"                              \
		"movl %%edx, %c[out]+20\n\tmovl %%ecx, %c[out]+24\n\t"                             \
		"movl %%eax, %c[out]+28\n\tmovl %%esp, %c[out_esp]\n\t"                            \
		"pushfl\n\tpopl %c[out_flags]\n\t"                                                 \
		"popfl\n\tpopal"                                                                   \
		:                                                                                  \
		: [flags] FIELD(before.eflags), [eip] FIELD(before.eip), [esp] FIELD(before.esp),  \
		  [regs] FIELD(before.regs), [out] FIELD(after.regs), [out_esp] FIELD(after.esp),  \
		  [out_flags] FIELD(after.eflags), [page] "i"(va)                                  \
		: "memory", "cc")

static bool same(const char *name, uint32_t is, uint32_t should_be)
{
	cprintf("%-6s %08x %08x %s\n", name, should_be, is, is == should_be ? "OK" : "MISMATCH");
	return is == should_be;
}

static void compare(const char *what, const struct regs *is)
{
	const struct PushRegs *a = &is->regs, *b = &before.regs;
	bool good = same("edi", a->reg_edi, b->reg_edi);

	good &= same("esi", a->reg_esi, b->reg_esi);
	good &= same("ebp", a->reg_ebp, b->reg_ebp);
	good &= same("ebx", a->reg_ebx, b->reg_ebx);
	good &= same("edx", a->reg_edx, b->reg_edx);
	good &= same("ecx", a->reg_ecx, b->reg_ecx);
	good &= same("eax", a->reg_eax, b->reg_eax);
	good &= same("eflags", is->eflags, before.eflags);
	good &= same("esp", is->esp, before.esp);
	if (is == &during) {
		good &= same("eip", is->eip, before.eip);
	}
	cprintf("Registers %s %s\n", what, good ? "OK" : "MISMATCH");
}

static void choose(uint32_t pattern, uint32_t flags)
{
	before.regs = (struct PushRegs){pattern + 1, pattern + 2, pattern + 3, 0,
	                                pattern + 4, pattern + 5, pattern + 6, pattern + 7};
	before.eflags = flags | FL_IF | 2;
}

static void report(uint32_t stored)
{
	compare("in UTrapframe", &during);
	compare("after page-fault", &after);
	same("stored", stored, before.regs.reg_eax);
}

static void fault_in_handler(void)
{
	const struct regs outer_before = before, outer_during = during;

	cprintf("on the exception stack:\n");
	choose(0x12345600, FL_CF | FL_SF);
	FAULT_AT(0xB00000);
	report(*inner_page);
	before = outer_before;
	during = outer_during;
}

static void supply(struct UTrapframe *utf)
{
	uint32_t *page = ROUNDDOWN((uint32_t *)utf->utf_fault_va, PGSIZE);

	during = (struct regs){utf->utf_regs, utf->utf_eip, utf->utf_eflags, utf->utf_esp};
	if (page == outer_page) {
		fault_in_handler();
		cprintf("on the ordinary stack:\n");
	}
	if (sys_page_alloc(0, page, PTE_P | PTE_U | PTE_W) < 0) {
		panic("no page at %p", page);
	}
}

void umain(int argc, char **argv)
{
	set_pgfault_handler(supply);
	choose(0xABCDEF00, FLAGS);
	FAULT_AT(0xA00000);
	report(*outer_page);
}
