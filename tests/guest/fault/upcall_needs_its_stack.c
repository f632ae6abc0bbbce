/* Without an upcall, an exception stack, or a writable one, a fault ends the env with the reason,
 * the address, the instruction and the code. */
#include "tests/guest/upcalls.h"

INSTRUCTION(store, "movl %eax, 0x12345000")

static void check(uint32_t upcall, pte_t stack, uint32_t cause)
{
	envid_t id = bare_env();
	struct env_death death;

	if (stack) {
		give_xstack(id);
		CHECK_EQ(sys_page_mark(id, XSTACK_PAGE, stack & ~PTE_P, 1), 1);
	}
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, upcall), OK);
	CHECK_EQ(start_at(id, (vaddr_t)store, 0), OK);
	shown_at = 0;
	death = run_to_death(id);
	CHECK_EQ(death.cause, cause);
	if (cause == DEATH_EXIT) {
		CHECK(shown_at != 0);
		return;
	}
	CHECK_EQ(shown_at, 0);
	CHECK_EQ(death.va_or_status, 0x12345000);
	CHECK_EQ(death.ip, (uint32_t)store);
	CHECK_EQ(death.code, FEC_U | FEC_WR);
}

int main(void)
{
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check((uint32_t)show_upcall, PTE_P | PTE_W, DEATH_EXIT); /* all there */
	check(0, PTE_P | PTE_W, DEATH_NO_UPCALL);
	check(0, 0, DEATH_NO_UPCALL);
	check((uint32_t)show_upcall, 0, DEATH_NO_STACK);
	check((uint32_t)show_upcall, PTE_P, DEATH_NO_STACK);
	check((uint32_t)show_upcall, PTE_P | PTE_COW, DEATH_NO_STACK);
	return 0;
}
