/* Whatever a program puts in its flags register: it can still be preempted,
 * gains no right to ports, and system calls work. */
#include "tests/guest/memory.h"

enum { FL_TF = 0x100, FL_IF = 0x200, FL_IOPL = 0x3000 };

static uint32_t set_flags(uint32_t flags)
{
	uint32_t got;

	asm volatile("pushl %1; popfl; pushfl; popl %0" : "=r"(got) : "r"(flags) : "memory", "cc");
	return got;
}

static void check_flags(uint32_t flags)
{
	uint32_t got = set_flags(flags);
	int yielded = OK;
	envid_t id = sys_self();
	struct syscall_regs regs = {0};

	yielded = syscall_raw(SYS_YIELD, &regs);
	(void)set_flags(0x202);
	CHECK_EQ(got & FL_IF, FL_IF);
	CHECK_EQ(got & FL_IOPL, 0);
	CHECK_EQ(id, env_page->id);
	CHECK_EQ(yielded, OK);
}

/* The same through SYS_ENV_REGS, in an env of our own that is not run. */
static void check_registers(envid_t env, uint32_t flags)
{
	struct env_regs regs = {.eip = 0xF0100000, .esp = 0xFFFFFFFF, .eflags = flags};

	CHECK_EQ(sys_env_set_regs(env, &regs), OK);
	CHECK_EQ(sys_env_get_regs(env, &regs), OK);
	CHECK_EQ(regs.eflags & FL_IF, FL_IF);
	CHECK_EQ(regs.eflags & FL_IOPL, 0);
	CHECK_EQ(regs.eflags & 0x1B4000, 0); /* NT, VM, VIF, VIP */
}

int main(void)
{
	envid_t env = bare_empty(16);

	for (uint32_t bit = 1; bit != 0; bit <<= 1) {
		if (bit != FL_TF) {
			check_flags(bit);
		}
		check_registers(env, bit);
	}
	check_flags(~(uint32_t)FL_TF);
	check_registers(env, 0xFFFFFFFF);
	check_registers(env, 0);

	/* Run there, it dies of its eip, not we. */
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	bare_run(env);
	CHECK_EQ(next_death().cause, DEATH_NO_UPCALL);
	return 0;
}
