/* sysenter returns where ecx and edx say. Nonsense there ends the caller, with the reason, and
 * nothing else: no address, no kernel address, a stack that is none. */
#include "tests/guest/memory.h"

/* eax: the call; edx, ecx: eip and esp. */
static void enter(uint32_t eax, vaddr_t eip, vaddr_t esp)
{
	asm volatile("sysenter" ::"a"(eax), "b"(0), "c"(esp), "d"(eip) : "memory");
}

static void to_nowhere(void)
{
	enter(SYS_SELF, 0, 0);
}

static void to_the_kernel(void)
{
	enter(SYS_SELF, 0xF0100000, 0xFFFFFFFF);
}

static void to_the_kernel_slowly(void)
{
	enter(SYS_CLOCK, 0xF0100000, 0xFFFFFFFF);
}

static void to_the_top(void)
{
	enter(SYS_YIELD, 0xFFFFFFFF, 0);
}

static void call_to_the_kernel(void)
{
	enter(SYS_IPC | IPC_SEND | IPC_RECV | IPC_WORDS(1), 0xEFFFFFF0, 0xEFFFFFF0);
}

/* Comes back to a push with the esp that it asked for, in the kernel's stack. */
static void with_kernel_stack(void)
{
	asm volatile("movl $1f, %%edx; sysenter\n1: pushl %%eax" ::"a"(SYS_SELF), "c"(0xEFFFFFF0)
	             : "edx", "memory");
}

static const struct {
	body_fn *body;
	const char *why;
} cases[] = {
	{to_nowhere, "fault at 0x00000000 (read"},
	{to_the_kernel, "fault at 0xf0100000 (read"},
	{to_the_kernel_slowly, "fault at 0xf0100000 (read"},
	{to_the_top, "fault at 0xffffffff (read"},
	{call_to_the_kernel, "fault at 0xeffffff0 (read"},
	{with_kernel_stack, "fault at 0xefffffec (write"},
};

int main(void)
{
	for (uint32_t i = 0; env_page->sysenter && i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_child_faults(cases[i].body, cases[i].why);
	}
	return 0;
}
