/* Nothing in the frame is an address of the kernel's: the word beside esp that popad skips, too. */
#include "tests/guest/upcalls.h"

INSTRUCTION(store, "movl %eax, 0x1000")

int main(void)
{
	const uint32_t *word = (const uint32_t *)&shown;
	envid_t id = bare_env();

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (uint32_t)show_upcall), OK);
	CHECK_EQ(start_at(id, (vaddr_t)store, 0), OK);
	CHECK_EQ(run_to_death(id).va_or_status, 77);
	CHECK(shown_at != 0);
	for (uint32_t i = 0; i < sizeof(shown) / 4; i++) {
		CHECK(word[i] < ULIM);
	}
	return 0;
}
