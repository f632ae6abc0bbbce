/* An unmasked x87 error reaches the exception upcall of who made it, as vector 16. (Software
 * emulation raises none for SSE.) */
#include "tests/guest/upcalls.h"

static void x87_error(uint32_t arg)
{
	static const uint16_t control = 0x037B; /* division by zero is unmasked */

	(void)arg;
	asm volatile("fldcw %0" ::"m"(control));
	asm volatile("fld1");
	asm volatile("fldz");
	asm volatile("fdivr %st(1), %st");
	asm volatile("fwait");
}

static void check(peer_fn *fn, uint32_t vector)
{
	envid_t id = peer_make(fn, 0);

	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_XUPCALL, (uint32_t)show_upcall), OK);
	shown_at = 0;
	CHECK_EQ(run_to_death(id).va_or_status, 77);
	CHECK(shown_at != 0);
	CHECK_EQ(shown.fault_va, vector);
}

int main(void)
{
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check(x87_error, 16);
	return 0;
}
