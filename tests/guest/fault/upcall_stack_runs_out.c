/* An upcall that faults without end runs out of exception stack, and the env ends: when the frames
 * fill it, and when the handler's own pushes do. */
#include "tests/guest/upcalls.h"

INSTRUCTION(store, "movl %eax, 0x12345000")
INSTRUCTION(push_upcall, "1: pushl %eax\njmp 1b")
INSTRUCTION(jump_below, "movl %eax, -8192(%esp)")

static void check(void (*upcall)(void))
{
	envid_t id = bare_env();
	struct env_death death;

	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (uint32_t)upcall), OK);
	CHECK_EQ(start_at(id, (vaddr_t)store, 0), OK);
	env_run(id);
	for (uint64_t end = clock_us() + 500000; env_lives(id) && clock_us() < end;) {
		relax();
	}
	CHECK(!env_lives(id));
	CHECK_EQ(sys_env_reap(&death), OK);
	CHECK_EQ(death.cause, DEATH_STACK_FULL);
}

int main(void)
{
	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	check(store);
	check(jump_below);
	check(push_upcall);
	return 0;
}
