/* A copy of an env that waits in a page fault, or was taken off its CPU in the middle of its work,
 * has all its registers; one of an env that waits in a system call has 0 in eax. */
#include "tests/guest/clients.h"

enum { MARK = 0x5EC0DE };

static volatile uint32_t written[2];

static void fault_with_eax(uint32_t arg)
{
	uint32_t eax = MARK;

	(void)arg;
	asm volatile("movl %0, (%1)" : "+a"(eax) : "r"(AREA) : "memory");
	written[eax == MARK]++;
}

static void spin_with_eax(uint32_t arg)
{
	(void)arg;
	asm volatile("1: incl %1; jmp 1b" : : "a"(MARK), "m"(written[0]) : "memory");
}

static uint32_t eax_of(envid_t id)
{
	struct env_regs regs;

	CHECK_EQ(sys_env_get_regs(id, &regs), OK);
	return regs.eax;
}

int main(void)
{
	envid_t id = client_start(fault_with_eax, 0), copy;

	(void)fault_take_from(id, AREA);
	copy = sys_env_fork(id, 96);
	CHECK_EQ(eax_of(id), MARK);
	CHECK_EQ(eax_of(copy), MARK);
	CHECK_EQ(sys_env_destroy(copy, 0), OK);
	fault_zero(id);
	peer_join(id);
	CHECK_EQ(written[1], 1);

	written[0] = 0;
	id = peer_start(spin_with_eax, 0);
	while (written[0] == 0) {
		sys_yield();
	}
	copy = sys_env_fork(id, 96);
	CHECK_EQ(eax_of(copy), MARK);
	CHECK_EQ(sys_env_destroy(copy, 0), OK);
	peer_kill(id);

	copy = sys_env_fork(0, 96);
	CHECK_EQ(eax_of(copy), 0);
	CHECK_EQ(sys_env_destroy(copy, 0), OK);
	return 0;
}
