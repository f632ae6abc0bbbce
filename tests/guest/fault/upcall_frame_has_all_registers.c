/* The frame on the exception stack holds the fault's address and code and every register and flag
 * of the faulting instruction, at the top of the stack. */
#include "tests/guest/upcalls.h"

INSTRUCTION(store, "movl %eax, 0x12345678")

int main(void)
{
	struct env_regs regs = {0x11111111, 0x22222222, 0x33333333,      0x44444444, 0x55555555,
	                        0x66666666, 0x77777777, (uint32_t)store, 0xED7,      0x88888888};
	envid_t id = bare_env();

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (uint32_t)show_upcall), OK);
	CHECK_EQ(sys_env_set_regs(id, &regs), OK);
	CHECK_EQ(run_to_death(id).va_or_status, 77);
	CHECK_EQ(shown_at, UXSTACKTOP - sizeof(struct utrapframe));
	CHECK_EQ(shown.fault_va, 0x12345678);
	CHECK_EQ(shown.err, FEC_U | FEC_WR);
	CHECK_EQ(shown.edi, regs.edi);
	CHECK_EQ(shown.esi, regs.esi);
	CHECK_EQ(shown.ebp, regs.ebp);
	CHECK_EQ(shown.ebx, regs.ebx);
	CHECK_EQ(shown.edx, regs.edx);
	CHECK_EQ(shown.ecx, regs.ecx);
	CHECK_EQ(shown.eax, regs.eax);
	CHECK_EQ(shown.eip, regs.eip);
	CHECK_EQ(shown.esp, regs.esp);
	CHECK_EQ(shown.eflags & 0x3FFFD7, 0xED7 & ~0x100);
	return 0;
}
