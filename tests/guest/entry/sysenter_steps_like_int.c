/* Whoever single-steps over a system call sees the instruction before it and the one after it, and
 * the call does its work, whichever way it goes into the kernel. */
#include "tests/guest/memory.h"
#include "tests/guest/sysenter.h"

enum { STEPS_MAX = 64 };

ENTER(by_sysenter, "sysenter; int $0x30");
ENTER(by_int, "int $0x30");

vaddr_t steps[STEPS_MAX];
volatile uint32_t nsteps;

/* Upcall for the debug exception: notes eip, and goes back by iret, which sets TF for what is
 * stepped only. The three words of iret go below the interrupted stack. */
asm(".text\nstep_upcall: movl 40(%esp), %eax; movl nsteps, %ecx; cmpl $64, %ecx; jae 1f\n"
    "movl %eax, steps(, %ecx, 4); incl nsteps\n"
    "1: movl 48(%esp), %edx; subl $12, %edx; movl %eax, (%edx); movl $0x1b, 4(%edx)\n"
    "movl 44(%esp), %eax; movl %eax, 8(%edx); movl %edx, 40(%esp)\n"
    "addl $8, %esp; popal; popl %esp; iret\n");
extern char step_upcall[];

static bool seen(const char *place)
{
	for (uint32_t i = 0; i < nsteps; i++) {
		if (steps[i] == (vaddr_t)place) {
			return true;
		}
	}
	return false;
}

static void check_steps(void (*call)(struct entry *), const char *at, const char *done)
{
	struct entry self = {.eax = SYS_SELF, .flags = FL_TF};
	struct entry clock = {.eax = SYS_CLOCK, .flags = FL_TF};
	struct entry sleep = {.eax = SYS_IPC | IPC_RECV | IPC_RECV_TIMEOUT,
	                      .ebx = (uint32_t)env_page->id,
	                      .flags = FL_TF};
	struct entry *entries[] = {&self, &clock, &sleep};

	env_page->recv_us = 1;
	for (uint32_t i = 0; i < 3; i++) {
		nsteps = 0;
		call(entries[i]);
		CHECK(entries[i]->flags & FL_TF); /* still on behind the call */
		CHECK(!seen(at));                 /* popfl is not stepped, nor is the call */
		CHECK(!seen(done));
		CHECK(seen(done + 1));
		for (uint32_t s = 0; s < nsteps; s++) { /* nothing of the kernel's */
			CHECK(steps[s] < UTOP);
		}
	}
	CHECK_EQ(self.eax, env_page->id);
	CHECK_EQ(clock.eax, OK);
	CHECK_EQ((int)sleep.eax, E_TIMEOUT);
}

int main(void)
{
	env_page->xupcall = (vaddr_t)step_upcall;
	check_steps(by_int, by_int_call, by_int_done);
	if (env_page->sysenter) {
		check_steps(by_sysenter, by_sysenter_call, by_sysenter_done);
	}
	return 0;
}
