/* A fault on the exception stack pushes the next frame below, after one scratch word. */
#include "tests/guest/upcalls.h"

static volatile uint32_t depth, at[3], va[3];

static _Noreturn void faults_again(struct tail tail)
{
	uint32_t i = depth++;

	va[i] = (uint32_t)__builtin_return_address(0);
	at[i] = (uint32_t)&tail - 4;
	if (i < 2) {
		shown_at = tail.word[11]; /* esp of the interrupted code */
		*(volatile uint32_t *)(0x1000 * (i + 2)) = 0;
	}
	shown.esp = tail.word[11];
	for (;;) {
		(void)sys_env_destroy(0, 77);
	}
}

INSTRUCTION(store, "movl %eax, 0x1000")

int main(void)
{
	envid_t id = bare_env();

	CHECK_EQ(sys_env_set(0, ENV_DEATHS, 1), OK);
	give_xstack(id);
	CHECK_EQ(sys_env_set(id, ENV_UPCALL, (uint32_t)faults_again), OK);
	CHECK_EQ(start_at(id, (vaddr_t)store, 0), OK);
	CHECK_EQ(run_to_death(id).va_or_status, 77);
	CHECK_EQ(depth, 3);
	for (uint32_t i = 0; i < 3; i++) {
		CHECK_EQ(va[i], 0x1000 * (i + 1));
	}
	CHECK_EQ(at[0], UXSTACKTOP - sizeof(struct utrapframe));
	CHECK(at[1] < at[0] - sizeof(struct utrapframe));
	CHECK_EQ(at[2], shown.esp - 4 - sizeof(struct utrapframe));
	return 0;
}
